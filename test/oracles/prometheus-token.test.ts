// A real Prometheus server scrapes a server that asks for a token, which is changed.

import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { startMetricsServer } from '../../src/index.js';
import { eventually } from '../helpers/application.js';
import { selfSigned } from '../helpers/certificate.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { type PrometheusServer, startPrometheus } from './prometheus-server.js';

/** Resolves when the last scrape that Prometheus knows of went so. */
function scraped(prometheus: PrometheusServer, up: 0 | 1): Promise<void> {
  return eventually(async () => {
    const [sample] = await prometheus.query('up{job="app"}');
    return sample?.value === up ? undefined : `up is ${sample?.value}`;
  });
}

test('Prometheus scrapes over TLS with a token from a file, also after both were given a new one', async (t) => {
  const dir = temporaryDirectory(t);
  const [ours, theirs, ca] = ['ours', 'theirs', 'ca.pem'].map((name) => path.join(dir, name)) as [
    string,
    string,
    string,
  ];
  const give = (file: string, token: string) => {
    writeFileSync(`${file}.new`, `${token}\n`);
    renameSync(`${file}.new`, file);
  };
  give(ours, 'first-token');
  give(theirs, 'first-token');
  const { key, cert } = selfSigned(t);
  writeFileSync(ca, cert);
  const server = await startMetricsServer({ port: 0, tokenFile: ours, tls: { key, cert } });
  t.teardown(() => server.close());

  const prometheus = await startPrometheus(t, server.address?.port as number, {
    scheme: 'https',
    tls_config: { ca_file: ca },
    authorization: { type: 'Bearer', credentials_file: theirs },
  });
  await scraped(prometheus, 1);
  const info = await prometheus.query('prom_multiproc_info{job="app"}');
  t.is(info.length, 1);
  give(ours, 'second-token');
  await scraped(prometheus, 0);
  give(theirs, 'second-token');
  await scraped(prometheus, 1);
});
