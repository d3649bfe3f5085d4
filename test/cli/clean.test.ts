// `prom-multiproc clean`: removes what is this library's and nobody's, and nothing else. Needs dist/.

import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { VERSION_AT } from '../../src/format/layout.js';
import { UNFINISHED_FILE_AGE_MS } from '../../src/limits.js';
import { expectedBackends } from '../helpers/backends.js';
import { PROGRAM_FILE, runCli } from '../helpers/command-line.js';
import { patchFile, word } from '../helpers/patch-file.js';
import { openScene, type Scene, type WriterProcess } from '../helpers/scene.js';
import { Terminal } from '../helpers/terminal.js';

/** A writer that has counted; how its file is called. */
async function counted(scene: Scene): Promise<{ writer: WriterProcess; name: string }> {
  const writer = scene.start();
  await writer.make('Counter', { name: 'c_total' });
  await writer.call('c_total', 'inc', 1);
  const name = readdirSync(scene.dir).find((one) => one.startsWith(`${writer.pid}-`));
  return { writer, name: name as string };
}

for (const backend of expectedBackends()) {
  test(`clean refuses while writers live, and removes all when none does, on ${backend}`, async (t) => {
    const scene = openScene(t, backend);
    const { dir, env } = scene;
    const first = await counted(scene);
    await first.writer.kill();
    await runCli(['compact'], { env });
    const second = await counted(scene);
    const before = readdirSync(dir);
    for (const flags of [[], ['--yes']]) {
      const { status, stdout, stderr } = await runCli(['clean', ...flags], { env });
      t.is(status, 3);
      t.is(stdout, '');
      t.regex(stderr, /^prom-multiproc: 1 writer of \S+ may live: [^\n]*--force[^\n]*\n$/);
      t.deepEqual(readdirSync(dir), before);
    }
    await second.writer.kill();
    const { status, stdout } = await runCli(['clean', '--yes'], { env });
    t.is(status, 0);
    t.is(stdout, `removed  ${second.name}\nremoved  archive.pmp\n`);
    t.deepEqual(readdirSync(dir), []);
  });

  test(`clean --force removes what the dead have left, and the living go on, on ${backend}`, async (t) => {
    const scene = openScene(t, backend);
    const { dir, env } = scene;
    const [gone, living] = [await counted(scene), await counted(scene)];
    await gone.writer.kill();
    const { status, stdout } = await runCli(['clean', '--force', '--yes'], { env });
    t.is(status, 0);
    t.deepEqual(stdout.split('\n').sort(), [
      '',
      `lives    ${living.name}`,
      `removed  ${gone.name}`,
    ]);
    t.deepEqual(readdirSync(dir), [living.name]);
    await living.writer.call('c_total', 'inc', 1);
    t.regex((await runCli(['dump'], { env })).stdout, /^c_total 2$/m);
  });
}

test('clean takes a writer that was only marked for one that may live', async (t) => {
  const scene = openScene(t, 'file');
  const { writer } = await counted(scene);
  await scene.reader.mark(writer.pid);
  t.is((await runCli(['clean', '--yes'], { env: scene.env })).status, 3);
});

test('clean leaves whatever it cannot know to be of this library', async (t) => {
  const scene = openScene(t, 'file');
  const { dir, env } = scene;
  const { writer, name } = await counted(scene);
  await writer.kill();
  const old = new Date(Date.now() - 2 * UNFINISHED_FILE_AGE_MS);
  const put = (file: string, content = 'notes of somebody') =>
    writeFileSync(join(dir, file), content);
  const numbered = (digit: number) => `1-0-000000000000000${digit}.pmp`;
  put('README');
  put('counter_123.db');
  put(`${name}.bak`);
  put('.notes.new');
  put(numbered(1));
  mkdirSync(join(dir, numbered(2)));
  symlinkSync('README', join(dir, numbered(3)));
  execFileSync('mkfifo', [join(dir, numbered(4))]);
  put('archive.pmp.bad-00000000');
  put(`.${numbered(5)}.new`, '');
  put(`.${numbered(6)}.new`);
  for (const file of [`.${numbered(6)}.new`, '.notes.new']) utimesSync(join(dir, file), old, old);
  put('hostile\u001b[2J');
  const kept = readdirSync(dir).filter((one) => one !== name);
  // Nobody finished this one, a minute ago.
  put(`.${numbered(7)}.new`, '');
  utimesSync(join(dir, `.${numbered(7)}.new`), old, old);
  const { status, stdout, stderr } = await runCli(['clean', '--yes'], { env });
  t.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  t.deepEqual(readdirSync(dir), kept);
  t.deepEqual(
    stdout.match(/^removed {2}.*$/gm)?.sort(),
    [`removed  .${numbered(7)}.new`, `removed  ${name}`].sort(),
  );
  t.is(stdout.match(/^kept {5}/gm)?.length, kept.length);
  t.regex(stdout, /^kept {5}hostile\\x1b\[2J: no file of this library$/m);
  t.regex(stdout, /^kept {5}1-0-0{15}3\.pmp: not a regular file$/m);
});

test('clean removes damaged files of this library, and leaves those of another version', async (t) => {
  const scene = openScene(t, 'file');
  const { dir, env } = scene;
  const [cut, newer] = [await counted(scene), await counted(scene)];
  for (const { writer } of [cut, newer]) await writer.kill();
  truncateSync(join(dir, cut.name), 100);
  patchFile(join(dir, newer.name), VERSION_AT, word(99));
  const { status, stdout } = await runCli(['clean', '--yes'], { env });
  t.is(status, 0);
  t.regex(stdout, new RegExp(`^removed  ${cut.name}$`, 'm'));
  t.regex(stdout, new RegExp(`^kept     ${newer.name}: of a version .*$`, 'm'));
  t.deepEqual(readdirSync(dir), [newer.name]);
});

if (expectedBackends().includes('mmap')) {
  test('clean leaves a damaged file that somebody holds the lock of', async (t) => {
    const scene = openScene(t, 'mmap');
    const { name } = await counted(scene);
    // Its writer goes on, and touches nothing.
    patchFile(join(scene.dir, name), 1024, word(-1));
    patchFile(join(scene.dir, name), 260, word(7));
    t.is((await runCli(['inspect', join(scene.dir, name)], { env: scene.env })).status, 1);
    t.is((await runCli(['clean', '--yes'], { env: scene.env })).status, 3);
  });
}

test('clean without a terminal removes nothing unless it is told yes', async (t) => {
  const scene = openScene(t, 'file');
  const { writer, name } = await counted(scene);
  await writer.kill();
  const { status, stdout, stderr } = await runCli(['clean'], { env: scene.env });
  t.is(status, 3);
  t.is(stdout, '');
  t.regex(stderr, /^prom-multiproc: remove 1 file \(128 KiB\) from \S+\? Say so with --yes\n$/);
  const dry = await runCli(['clean', '--dry-run'], { env: scene.env });
  t.deepEqual(dry, { status: 0, stdout: `would go ${name}\n`, stderr: '' });
  t.deepEqual(readdirSync(scene.dir), [name]);
});

for (const [keys, removes] of [
  [['y', 'Enter'], true],
  [['n', 'Enter'], false],
  [['Enter'], false],
  [['C-d'], false],
  [['C-c'], false],
] as const) {
  test(`clean asks at a terminal: ${keys.join(' ')} ${removes ? 'removes' : 'leaves'} the files`, async (t) => {
    const scene = openScene(t, 'file');
    const { writer } = await counted(scene);
    await writer.kill();
    const command = [process.execPath, PROGRAM_FILE, 'clean'];
    const terminal = new Terminal(t, command, { columns: 200, env: scene.env });
    await terminal.shows(/remove 1 file \(128 KiB\) from \S+\? \[y\/N\]/);
    terminal.type(...keys);
    t.is(await terminal.end(), removes ? 0 : 3);
    t.is(readdirSync(scene.dir).length, removes ? 0 : 1);
  });
}

test('clean waits for nobody who compacts', async (t) => {
  const scene = openScene(t, 'file');
  const { writer, name } = await counted(scene);
  await writer.kill();
  mkdirSync(join(scene.dir, '.compact.lock'));
  const { status, stderr } = await runCli(['clean', '--yes'], { env: scene.env });
  t.is(status, 1);
  t.regex(stderr, /is being compacted: try again\n$/);
  t.true(readdirSync(scene.dir).includes(name));
});
