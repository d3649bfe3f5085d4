// `prom-multiproc doctor`: each thing that can be wrong, made wrong for real. Needs dist/.

import { mkdirSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { BOOT_ID_AT, HOST_AT, VERSION_AT } from '../../src/format/layout.js';
import { COMPACT_LOCK_STALE_MS, UNFINISHED_FILE_AGE_MS } from '../../src/limits.js';
import { expectedBackends } from '../helpers/backends.js';
import { runCli } from '../helpers/command-line.js';
import { diagnose, elsewhere, finds } from '../helpers/diagnosis.js';
import { requirePidNamespaces, startAsPid1 } from '../helpers/namespaces.js';
import { patchFile, word } from '../helpers/patch-file.js';
import { openScene, type Scene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** The file of a writer that has counted and was killed. */
async function deadFile(scene: Scene): Promise<string> {
  const writer = scene.start();
  await writer.make('Counter', { name: 'c_total' });
  await writer.kill();
  const name = readdirSync(scene.dir).find((one) => one.startsWith(`${writer.pid}-`));
  return join(scene.dir, name as string);
}

for (const backend of expectedBackends()) {
  test(`doctor finds nothing wrong where all is well, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    await start().make('Counter', { name: 'c_total' });
    const found = await diagnose([], { ...elsewhere(t), env });
    t.is(found.status, 0, found.lines.join('\n'));
    finds(t, found, new RegExp(`^ok variable: PROMETHEUS_MULTIPROC_DIR is ${dir}$`));
    finds(t, found, new RegExp(`^\\w+ backend: ${backend} serves, because it is forced`));
    finds(t, found, new RegExp(`^ok versions: Node\\.js ${process.versions.node}$`));
    finds(
      t,
      found,
      /^ok versions: prom-multiproc [\d.]+, koffi [\d.]+, (?:no mmap-io|mmap-io [\d.]+)$/,
    );
    finds(t, found, /^ok permissions: this user may read and write here$/);
    finds(t, found, /^ok writers: 1 writer: 1 live, 0 hidden, 0 dead$/);
    finds(t, found, /^ok pid namespaces: 1 writer in this one, \d+$/);
    finds(t, found, /^ok leftovers: none$/);
    finds(t, found, /^ok page: 1 series$/);
  });
}

test('doctor prints a line for each finding, what to do below it, and a sum', async (t) => {
  const dir = temporaryDirectory(t);
  const missing = join(dir, 'no\u001b[2J');
  const { status, stdout } = await runCli(['doctor', missing], elsewhere(t));
  t.is(status, 1);
  t.true(
    stdout.endsWith(
      [
        `\n${dir}/no\\x1b[2J`,
        `wrong  directory       ${dir}/no\\x1b[2J does not exist: no process has written metrics there`,
        `                       do: mkdir -m 700 ${dir}/no\\x1b[2J, as the application's user`,
        '1 wrong, 1 note',
        '',
      ].join('\n'),
    ),
    stdout,
  );
  t.regex(
    stdout,
    /^note {3}variable {8}PROMETHEUS_MULTIPROC_DIR is not set here\n {23}do: set it before/m,
  );
});

test('doctor looks at the variables', async (t) => {
  const dir = temporaryDirectory(t);
  const options = elsewhere(t);
  const unset = await diagnose([], options);
  t.is(unset.status, 1);
  finds(t, unset, /^wrong variable: PROMETHEUS_MULTIPROC_DIR is not set here$/);
  const lower = await runCli(['doctor', '--json'], {
    ...options,
    env: { prometheus_multiproc_dir: dir },
  });
  t.regex(lower.stdout, /only prometheus_multiproc_dir is set/);
  const other = { ...options, env: { PROMETHEUS_MULTIPROC_DIR: '/other' } };
  finds(
    t,
    await diagnose([dir], other),
    /^note variable: .* is \/other, which is not what was named$/,
  );
  const relative = {
    cwd: dirname(dir),
    env: { PROMETHEUS_MULTIPROC_DIR: `./${dir.split('/').at(-1)}` },
  };
  finds(t, await diagnose([], relative), /^note variable: .* and another directory elsewhere$/);
  const heartbeat = { PROMETHEUS_MULTIPROC_DIR: dir, PROMETHEUS_MULTIPROC_HEARTBEAT_MS: '1' };
  const mistimed = await diagnose([], { ...options, env: heartbeat });
  t.is(mistimed.status, 1);
  finds(t, mistimed, /^wrong variable: PROMETHEUS_MULTIPROC_HEARTBEAT_MS is "?1"?/);
});

test('doctor finds what was left behind', async (t) => {
  const scene = openScene(t, 'file');
  const { dir, env } = scene;
  const ago = (ms: number) => new Date(Date.now() - ms);
  await deadFile(scene);
  const put = (name: string) => writeFileSync(join(dir, name), '');
  put('.1-0-0123456789abcdef.pmp.new');
  const young = await diagnose([], { ...elsewhere(t), env });
  t.is(young.status, 0);
  t.false(
    young.lines.some((line) => line.includes('never finished')),
    'it may be in the making',
  );
  const old = ago(2 * UNFINISHED_FILE_AGE_MS);
  utimesSync(join(dir, '.1-0-0123456789abcdef.pmp.new'), old, old);
  mkdirSync(join(dir, '.compact.lock'));
  const stale = ago(2 * COMPACT_LOCK_STALE_MS);
  utimesSync(join(dir, '.compact.lock'), stale, stale);
  put('notes\u001b[2J');
  const left = await diagnose([], { ...elsewhere(t), env });
  t.is(left.status, 0);
  finds(t, left, /^note leftovers: 1 dead writer not yet in the archive/);
  finds(t, left, /^note leftovers: 1 file never finished: \.1-0-0123456789abcdef\.pmp\.new$/);
  finds(t, left, /^note leftovers: the lock of a compactor that has died$/);
  finds(t, left, /^note leftovers: not of this library: notes.\[2J$/s);
  put('archive.pmp.bad-01234567');
  const aside = await diagnose([], { ...elsewhere(t), env });
  t.is(aside.status, 1);
  finds(
    t,
    aside,
    /^wrong leftovers: archive\.pmp\.bad-01234567: an archive that could not be read/,
  );
});

test('doctor finds files that no page has, and says why', async (t) => {
  const scene = openScene(t, 'file');
  const { env } = scene;
  const [cut, newer] = [await deadFile(scene), await deadFile(scene)];
  truncateSync(cut, 100);
  patchFile(newer, VERSION_AT, word(99));
  const found = await diagnose([], { ...elsewhere(t), env });
  t.is(found.status, 1);
  finds(
    t,
    found,
    new RegExp(`^wrong files: ${cut} is left out of the page: FileFormatError: at byte 100`),
  );
  finds(
    t,
    found,
    new RegExp(`^wrong files: ${newer} is left out of the page: UnsupportedFileError: at byte 8`),
  );
});

test('doctor tells writers of another start of the machine from those of other machines', async (t) => {
  const scene = openScene(t, 'file');
  const file = await deadFile(scene);
  patchFile(file, BOOT_ID_AT, new Uint8Array(16).fill(7));
  const before = await diagnose([], { ...elsewhere(t), env: scene.env });
  t.is(before.status, 0);
  finds(t, before, /^note leftovers: 1 writer from before this machine was started$/);
  patchFile(file, HOST_AT, Buffer.from('\u0004else'));
  const abroad = await diagnose([], { ...elsewhere(t), env: scene.env });
  t.is(abroad.status, 1);
  finds(t, abroad, /^wrong writers: 1 writer of other machines: else$/);
});

for (const backend of expectedBackends()) {
  test(`doctor tells writers of other pid namespaces, and by what their deaths are known, on ${backend}`, async (t) => {
    requirePidNamespaces();
    const { env } = openScene(t, backend);
    const writer = startAsPid1(t, env);
    await writer.make('Counter', { name: 'c_total' });
    const found = await diagnose([], { ...elsewhere(t), env });
    t.is(found.status, 0);
    const pattern =
      backend === 'mmap'
        ? /^ok pid namespaces: 1 writer in others: \d+; their locks tell whether they live$/
        : /^note pid namespaces: 1 writer in others: \d+; of some only the heartbeat tells/;
    finds(t, found, pattern);
    await writer.kill();
  });
}

test('doctor repeats what applications have met, and on what they disagree', async (t) => {
  const { env, start } = openScene(t, 'file');
  const [one, other] = [start(), start()];
  // A label that is too long is cut, and counted.
  await one.make('Counter', { name: 'c_total', labelNames: ['l'] });
  await one.call('c_total', 'inc', { l: 'x'.repeat(262_145) });
  await one.make('Counter', { name: 'same' });
  await other.make('Gauge', { name: 'same' });
  const found = await diagnose([], { ...elsewhere(t), env });
  t.is(found.status, 0);
  finds(t, found, /^note page: applications met 1 error of reason label_length, now or earlier$/);
  finds(t, found, /^note page: 1 writer at odds with the newest on the type of a metric$/);
});
