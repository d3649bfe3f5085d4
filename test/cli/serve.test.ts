// `prom-multiproc serve`: a sidecar that serves what others have counted. Needs dist/.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import test from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { selfSigned } from '../helpers/certificate.js';
import { PROGRAM_FILE, runCli, startCli } from '../helpers/command-line.js';
import { ask, freePort } from '../helpers/http.js';
import { openScene } from '../helpers/scene.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

async function startServing(
  t: Teardown,
  args: readonly string[],
  options: Parameters<typeof startCli>[2] = {},
) {
  const program = startCli(t, ['serve', '--port', '0', ...args], options);
  const [, url = ''] = await program.prints(/^listening on (https?:\S+)\n/m);
  return { program, url };
}

for (const backend of expectedBackends()) {
  test(`serve answers with what others have counted, and ends with 0 on SIGTERM, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const writer = start();
    await writer.make('Counter', { name: 'c_total' });
    await writer.call('c_total', 'inc', 2);
    // Writers count the errors that they meet in a file of their own.
    writeFileSync(join(dir, '1-0-0123456789abcdef.pmp'), 'junk');
    const { program, url } = await startServing(t, [], { env });
    t.regex(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    t.regex((await ask(url)).body, /^c_total 2$/m);
    await writer.call('c_total', 'inc', 1);
    t.regex((await ask(url)).body, /^c_total 3$/m);
    const files = readdirSync(dir).filter((name) => name.endsWith('.pmp'));
    t.is(files.length, 2, 'it is no writer itself');
    program.process.kill('SIGTERM');
    t.is(await program.end(), 0, program.output);
    t.regex(
      program.output,
      /^listening on \S+\nprom-multiproc: warning: \S+: at byte 4: the file has 4 bytes[^\n]*\n$/,
    );
  });

  test(`serve reads a mount that is read-only, where writers live and die, on ${backend}`, async (t) => {
    const { dir, start } = openScene(t, backend);
    const writers = [start(), start()] as const;
    for (const writer of writers) {
      await writer.make('Counter', { name: 'c_total' });
      await writer.call('c_total', 'inc', 1);
    }
    const mounted = temporaryDirectory(t);
    const script = 'mount --bind "$0" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"';
    const through = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, dir, mounted];
    const env = { PROMETHEUS_MULTIPROC_BACKEND: backend };
    const touched = startCli(t, [], { env, through: [...through, 'touch', join(mounted, 'x')] });
    t.is(await touched.end(), 1, 'the mount is read-only');
    const { program, url } = await startServing(t, [mounted], { env, through });
    t.regex((await ask(url)).body, /^c_total 2$/m);
    const before = readdirSync(dir);
    await writers[0].kill();
    for (let scrape = 0; scrape < 3; scrape++) {
      const { body } = await ask(url);
      t.regex(body, /^c_total 2$/m);
      t.regex(body, /^prom_multiproc_writers\{state="dead"\} 1$/m);
    }
    t.deepEqual(readdirSync(dir), before);
    t.regex(program.output, /^listening on \S+\n$/);
  });
}

test('serve folds the dead where it may write, and not with --no-compact', async (t) => {
  const { dir, env, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total' });
  await writer.call('c_total', 'inc', 5);
  await writer.kill();
  const idle = await startServing(t, ['--no-compact', '--no-self-metrics'], { env });
  t.is(
    (await ask(idle.url)).body,
    '# HELP c_total Some help.\n# TYPE c_total counter\nc_total 5\n',
  );
  t.deepEqual(
    readdirSync(dir).filter((name) => name === 'archive.pmp'),
    [],
  );
  const { url } = await startServing(t, [], { env });
  await eventually(async () => {
    t.regex((await ask(url)).body, /^c_total 5$/m);
    const files = readdirSync(dir).filter((name) => name.endsWith('.pmp'));
    return files.join() === 'archive.pmp' ? undefined : files.join();
  });
});

test('serve takes several directories, and patterns that match others later', async (t) => {
  const parent = temporaryDirectory(t);
  const { program, url } = await startServing(t, [join(parent, 'apps-*'), join(parent, 'own')]);
  const { status, body } = await ask(url);
  t.is(status, 503);
  t.regex(body, /own does not exist/);
  let counted = 0;
  for (const name of ['own', 'apps-1', 'apps-2']) {
    const dir = join(parent, name);
    mkdirSync(dir);
    const writer = openScene(t, 'file', dir).start();
    await writer.make('Counter', { name: 'c_total' });
    await writer.call('c_total', 'inc', 1);
    counted++;
    t.regex((await ask(url)).body, new RegExp(`^c_total ${counted}$`, 'm'));
  }
  t.is(program.process.exitCode, null);
});

test('serve has a page for people, and none with --no-ui', async (t) => {
  const { env, start } = openScene(t, 'file');
  await start().make('Counter', { name: 'c_total' });
  const statuses = async (url: string) =>
    Promise.all(
      ['/', '/api/families', '/metrics'].map(
        async (path) => (await ask(new URL(path, url).href)).status,
      ),
    );
  t.deepEqual(await statuses((await startServing(t, [], { env })).url), [200, 200, 200]);
  t.deepEqual(await statuses((await startServing(t, ['--no-ui'], { env })).url), [404, 404, 200]);
});

test('serve gives the page to who has the token in the file, as it is then', async (t) => {
  const { env, start } = openScene(t, 'file');
  await start().make('Counter', { name: 'c_total' });
  const file = join(temporaryDirectory(t), 'token');
  writeFileSync(file, 'first\n');
  const { url } = await startServing(t, ['--token-file', file], { env });
  const statusWith = async (token: string) =>
    (await ask(url, { headers: { authorization: `Bearer ${token}` } })).status;
  t.is((await ask(url)).status, 401);
  t.is(await statusWith('first'), 200);
  writeFileSync(file, 'second\n');
  t.is(await statusWith('first'), 401);
  t.is(await statusWith('second'), 200);
});

test('serve asks for the token of the environment', async (t) => {
  const { env, start } = openScene(t, 'file');
  await start().make('Counter', { name: 'c_total' });
  const withToken = { env: { ...env, PROMETHEUS_MULTIPROC_TOKEN: 'abc' } };
  const { url } = await startServing(t, [], withToken);
  t.is((await ask(url)).status, 401);
  t.is((await ask(url, { headers: { authorization: 'Bearer abc' } })).status, 200);
});

test('serve speaks TLS, and asks clients for certificates', async (t) => {
  const { env, start } = openScene(t, 'file');
  await start().make('Counter', { name: 'c_total' });
  const { key, cert } = selfSigned(t);
  const dir = temporaryDirectory(t);
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  writeFileSync(keyFile, key);
  writeFileSync(certFile, cert);
  const tls = ['--tls-key', keyFile, '--tls-cert', certFile];
  const statusFrom = (url: string, options: object): Promise<unknown> =>
    new Promise((resolve) => {
      const sent = request(url, { ca: cert, agent: false, ...options }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      sent.end();
    });
  const { url } = await startServing(t, tls, { env });
  t.regex(url, /^https:/);
  t.is(await statusFrom(url, {}), 200);
  const strict = await startServing(t, [...tls, '--tls-client-ca', certFile], { env });
  t.not(await statusFrom(strict.url, {}), 200);
  t.is(await statusFrom(strict.url, { key, cert }), 200);
});

const FAULTS: Readonly<Record<string, { args: string[]; status: number; says: RegExp }>> = {
  'half of a certificate': {
    args: ['--tls-cert', PROGRAM_FILE],
    status: 2,
    says: /^prom-multiproc: HTTPS needs both --tls-cert and --tls-key\n$/,
  },
  'a certificate that is none': {
    args: ['--tls-cert', PROGRAM_FILE, '--tls-key', PROGRAM_FILE],
    status: 1,
    says: /^prom-multiproc: cannot serve: [^\n]+\n$/,
  },
  'a token file that is missing': {
    args: ['--token-file', '/nowhere/token'],
    status: 1,
    says: /^prom-multiproc: cannot read \/nowhere\/token: ENOENT[^\n]+\n$/,
  },
  'a directory that is a file': {
    args: [PROGRAM_FILE],
    status: 1,
    says: /^prom-multiproc: [^\n]*is not a directory[^\n]*\n$/,
  },
};

for (const [fault, { args, status, says }] of Object.entries(FAULTS)) {
  test(`serve refuses ${fault} at once`, async (t) => {
    const [named] = args;
    const dirs = named?.startsWith('--') ? [temporaryDirectory(t)] : [];
    const result = await runCli(['serve', '--port', '0', ...args, ...dirs]);
    t.is(result.status, status);
    t.is(result.stdout, '');
    t.regex(result.stderr, says);
  });
}

test('serve says so where its port is taken', async (t) => {
  const dir = temporaryDirectory(t);
  const port = await freePort();
  const first = startCli(t, ['serve', '--port', String(port), dir]);
  await first.prints(/listening/);
  const { status, stderr } = await runCli(['serve', '--port', String(port), dir]);
  t.is(status, 1);
  t.is(
    stderr,
    `prom-multiproc: cannot serve: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
  );
  first.process.kill('SIGINT');
  t.is(await first.end(), 0);
});
