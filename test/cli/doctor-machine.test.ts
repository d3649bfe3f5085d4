// `prom-multiproc doctor` on what surrounds a directory: backends, file systems, rights,
// installed packages. Needs dist/.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type Diagnosis, diagnose, elsewhere, finds } from '../helpers/diagnosis.js';
import { onOwnTmpfs } from '../helpers/mounts.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

test('doctor says which backend serves, and why not another', async (t) => {
  const dir = temporaryDirectory(t);
  const options = elsewhere(t);
  const best = await diagnose([dir], options);
  finds(t, best, /^ok backend: mmap serves; mmap-io (?:could|cannot: \S.*)$/);
  const env = { PROMETHEUS_MULTIPROC_BACKEND: 'nonsense' };
  const forced = await diagnose([dir], { ...options, env });
  t.is(forced.status, 1);
  finds(t, forced, /^wrong backend: PROMETHEUS_MULTIPROC_BACKEND is "nonsense"; it can be mmap/);
  const flushed = { PROMETHEUS_MULTIPROC_BACKEND: 'file' };
  const slow = await diagnose([dir], { ...options, env: flushed });
  t.is(slow.status, 0);
  const preload = new URL('../programs/without-native.js', import.meta.url).href;
  const none = await diagnose([dir], { ...options, env: { NODE_OPTIONS: `--import ${preload}` } });
  t.is(none.status, 0);
  finds(
    t,
    none,
    /^note backend: file serves; mmap cannot: no binary of koffi for this platform; mmap-io cannot: no binary/,
  );
  finds(t, slow, /^note backend: file serves, because it is forced; mmap could; mmap-io /);
});

test('doctor tells kinds of file systems, and how much room there is', async (t) => {
  const dir = temporaryDirectory(t);
  const on = (size: string) => ({ ...elsewhere(t), through: onOwnTmpfs(dir, size, 'cd /') });
  const roomy = await diagnose([dir], on('64m'));
  t.is(roomy.status, 0);
  finds(t, roomy, /^ok file system: tmpfs: memory/);
  finds(t, roomy, /^ok space: 64 MiB of 64 MiB are free$/);
  const tight = await diagnose([dir], on('1m'));
  t.is(tight.status, 0);
  finds(t, tight, /^note space: 1 MiB of 1 MiB are free$/);
  const full = await diagnose([dir], on('64k'));
  t.is(full.status, 1);
  finds(t, full, /^wrong space: 64 KiB of 64 KiB are free$/);
});

test('doctor tells what this user may do in the directory, and who else', async (t) => {
  const dir = temporaryDirectory(t);
  const readOnly = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const through = ['unshare', '--map-root-user', '--mount', 'sh', '-c', readOnly, dir];
  const found = await diagnose([dir], { ...elsewhere(t), through });
  t.is(found.status, 0);
  finds(
    t,
    found,
    /^note permissions: this user may read here and not write \(it is mounted read-only\)$/,
  );
  const open = ['sh', '-c', 'chmod 777 "$0" && exec "$@"', dir];
  const writable = await diagnose([dir], { ...elsewhere(t), through: open });
  finds(t, writable, /^note permissions: any user of this machine may add and remove files here$/);
  const sticky = ['sh', '-c', 'chmod 1777 "$0" && exec "$@"', dir];
  const { lines } = await diagnose([dir], { ...elsewhere(t), through: sticky });
  t.false(lines.some((line) => line.includes('any user')));
});

test('doctor finds all copies of client packages, nested ones and those of pnpm too', async (t) => {
  const dir = temporaryDirectory(t);
  const cwd = join(dir, 'packages/app');
  const copies = {
    'node_modules/prom-client': '15.1.3',
    'node_modules/@prometheus-io/client': '0.16.1',
    'node_modules/wrapper/node_modules/prom-client': '14.2.0',
    'node_modules/.pnpm/prom-client@15.0.0/node_modules/prom-client': '15.0.0',
    '../../node_modules/@platformatic/prom-client': '1.0.0',
    '../../node_modules/prom-multiproc': '0.0.1',
    'node_modules/prom-client-like': '1.0.0',
  };
  for (const [path, version] of Object.entries(copies)) {
    mkdirSync(join(cwd, path), { recursive: true });
    writeFileSync(join(cwd, path, 'package.json'), JSON.stringify({ version }));
  }
  const found = await diagnose([dir], { cwd });
  t.is(found.status, 0);
  const lines = found.lines.filter((line) => / in (?:\.\.\/\.\.\/)?node_modules\//.test(line));
  t.deepEqual(lines.sort(), [
    `note versions: besides ${ownVersion(found)}, which runs here, there is prom-multiproc 0.0.1 in ../../node_modules/prom-multiproc`,
    'note versions: prom-client 14.2.0 in node_modules/wrapper/node_modules/prom-client, which prom-multiproc/register does not know',
    'ok versions: @platformatic/prom-client 1.0.0 in ../../node_modules/@platformatic/prom-client',
    'ok versions: @prometheus-io/client 0.16.1 in node_modules/@prometheus-io/client',
    'ok versions: prom-client 15.0.0 in node_modules/.pnpm/prom-client@15.0.0/node_modules/prom-client',
    'ok versions: prom-client 15.1.3 in node_modules/prom-client',
  ]);
});

function ownVersion({ lines }: Diagnosis): string {
  const [, version = ''] = /^ok versions: prom-multiproc ([\d.]+),/m.exec(lines.join('\n')) ?? [];
  return version;
}
