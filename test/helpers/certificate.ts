import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

/** A key and a certificate for 127.0.0.1 that nobody but itself has signed, made by `openssl`. */
export function selfSigned(t: Teardown): { readonly key: Buffer; readonly cert: Buffer } {
  const dir = temporaryDirectory(t);
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const wanted = ['-subj', '/CN=metrics', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...newKey, '-keyout', key, '-out', cert, ...wanted],
    // What it says on stderr is in the error where it fails.
    { stdio: 'pipe' },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
