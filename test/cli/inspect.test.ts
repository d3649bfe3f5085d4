// `prom-multiproc inspect`: what is in files of other processes, whole or damaged. Needs dist/.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { DirectoryReport } from '../../src/cli/inspect/directory-report.js';
import type { BadFileReport, FileReport } from '../../src/cli/inspect/file-report.js';
import { ownIdentity } from '../../src/processes/identity.js';
import { expectedBackends } from '../helpers/backends.js';
import { BAD_FILES } from '../helpers/bad-files.js';
import { PROGRAM_FILE, runCli, startCli } from '../helpers/command-line.js';
import { openScene, type Scene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { Terminal } from '../helpers/terminal.js';

async function inspected<T>(path: string, env: Scene['env']): Promise<T> {
  const { stdout } = await runCli(['inspect', '--json', path], { env });
  const [report] = JSON.parse(stdout);
  return report;
}

function onlyFile(dir: string): string {
  const [name, ...others] = readdirSync(dir);
  if (name === undefined || others.length > 0) throw new Error(`${dir} has not one file`);
  return join(dir, name);
}

for (const backend of expectedBackends()) {
  test(`inspect tells a file's identity, state, records and space, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const writer = start();
    await writer.make('Counter', { name: 'c_total', labelNames: ['a', 'b'] });
    for (const a of [1, 2, 3]) await writer.call('c_total', 'inc', { a, b: 'x' });
    await writer.call('c_total', 'remove', { a: 3, b: 'x' });
    await writer.make('Histogram', { name: 'h', buckets: [1, 2], enableExemplars: true });
    await writer.call('h', 'observe', { value: 1.5, exemplarLabels: { id: '1' } });
    await writer.make('Gauge', { name: 'g', multiprocessMode: 'max' });
    const path = onlyFile(dir);
    const report = await inspected<FileReport>(path, env);
    const { bootId, host, pidNamespace } = ownIdentity();
    t.like(report, {
      path,
      kind: 'writer',
      formatVersion: 1,
      header: {
        backend: backend as 'mmap',
        pid: writer.pid,
        threadId: 0,
        locked: backend === 'mmap',
        bootId,
        host,
        pidNamespace,
      },
      liveness: 'live',
      because: backend === 'mmap' ? 'it holds its lock' : 'its process runs',
      closed: false,
      marked: false,
      absorbed: false,
      // The writer counts an error of none, and so has these metrics alone.
      records: { metrics: 3, series: 4 },
      gone: { metrics: 0, series: 1 },
      slots: { used: 2 + 4 + 2 },
      exemplars: { used: 1 },
    });
    t.deepEqual(report.metrics, [
      { name: 'c_total', type: 'counter', labelNames: ['a', 'b'], series: 2, slots: 2 },
      { name: 'h', type: 'histogram', labelNames: [], series: 1, slots: 4 },
      { name: 'g', type: 'gauge', mode: 'max', labelNames: [], series: 1, slots: 2 },
    ] as never);
    t.is(report.bytes.reserved, readFileSync(path).length);
    t.is(report.bytes.used, 4096 + report.records.bytes + 8 * 8 + 416);
    t.true(report.heartbeatAgeMs >= 0 && report.heartbeatAgeMs < 60_000);

    await writer.kill();
    const dead = await inspected<FileReport>(path, env);
    t.is(dead.liveness, 'dead');
    t.is(dead.because, backend === 'mmap' ? 'its lock is free' : 'its process is gone');
  });

  test(`inspect shows a directory's files, and is 0 where all can be read, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const [first, second] = [start(), start()];
    for (const writer of [first, second]) await writer.make('Counter', { name: 'c_total' });
    await first.kill();
    await runCli(['compact'], { env });
    const { status, stdout, stderr } = await runCli(['inspect'], { env });
    t.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const live = `${second.pid}-0-[0-9a-f]{16}\\.pmp +live +[\\d.]+ s +${backend} +1 +[\\d.]+ KiB +128 KiB +it`;
    t.regex(stdout, new RegExp(`^${live}`, 'm'));
    t.regex(
      stdout,
      new RegExp(`^archive\\.pmp +archive +.* ${backend} +1 .*it holds what 1 file`, 'm'),
    );
    t.regex(stdout, /^2 files, 256 KiB; 1 live, 0 hidden, 0 dead, 0 damaged$/m);
    t.is(stdout.split('\n', 1)[0], dir);
  });
}

test('inspect says why a writer that was marked is hidden', async (t) => {
  const { dir, env, start, reader } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total' });
  const path = onlyFile(dir);
  await reader.mark(writer.pid);
  const { stdout } = await runCli(['inspect', path], { env });
  t.regex(
    stdout,
    /^state +hidden: its process runs, but somebody has marked it dead; marked dead$/m,
  );
});

test('inspect and top show the stable name beside the pid', async (t) => {
  const { dir, env, start } = openScene(t, 'file');
  const writer = start({ PROMETHEUS_MULTIPROC_WRITER_NAME: 'web\u202e' });
  await writer.make('Counter', { name: 'c_total' });
  const inspected = await runCli(['inspect', onlyFile(dir)], { env });
  const name = 'web\\u{202e}';
  t.true(inspected.stdout.includes(`process ${writer.pid}, main thread, named ${name}\n`));
  const top = await runCli(['top'], { env });
  t.true(top.stdout.includes(`${name} ${writer.pid}`));
});

for (const [what, { make, reason }] of Object.entries(BAD_FILES)) {
  test(`inspect shows ${what} with what is wrong with it`, async (t) => {
    const { dir, env, start } = openScene(t, 'file');
    await start().make('Counter', { name: 'c_total' });
    const good = onlyFile(dir);
    const path = join(dir, '1-0-0123456789abcdef.pmp');
    make(path, readFileSync(good), good);
    const directory = await runCli(['inspect'], { env });
    t.is(directory.status, 1);
    t.is(directory.stderr, '');
    t.regex(directory.stdout, /^damaged: 1-0-0123456789abcdef\.pmp: \w+Error: /m);
    t.regex(directory.stdout, /^1 file, .* 1 live, .* 1 damaged$/m);
    const report = await inspected<DirectoryReport>(dir, env);
    t.is(report.bad.length, 1);
    const [{ error }] = report.bad as [BadFileReport];
    t.true([error.name, error.code].includes(reason), `${error.name} ${error.code}`);
    t.is(
      typeof error.offset,
      error.name.endsWith('FileError') || error.name === 'FileFormatError' ? 'number' : 'undefined',
    );
    t.false(error.message.includes(path));
  });
}

test('inspect shows other files by what they are, and never sends what is in their names', async (t) => {
  const dir = temporaryDirectory(t);
  for (const name of [
    'x\u001b[2J\n',
    '.1-0-0123456789abcdef.pmp.new',
    'archive.pmp.bad-01234567',
  ]) {
    writeFileSync(join(dir, name), '');
  }
  const { status, stdout } = await runCli(['inspect', dir]);
  t.is(status, 0);
  t.is(
    stdout,
    [
      dir,
      'no file of a writer',
      'unfinished: .1-0-0123456789abcdef.pmp.new',
      'bad archive: archive.pmp.bad-01234567',
      'foreign: x\\x1b[2J\\x0a',
      '0 files, 0 B; 0 live, 0 hidden, 0 dead, 0 damaged',
      '',
    ].join('\n'),
  );
  t.deepEqual(await runCli(['inspect', join(dir, 'none')]), {
    status: 1,
    stdout: '',
    stderr: `prom-multiproc: ${dir}/none does not exist\n`,
  });
});

test('inspect --watch looks again until it is interrupted', async (t) => {
  const { env, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
  const program = startCli(t, ['inspect', '--watch', '--json', '-i', '0.1'], { env });
  await program.prints(/"series":0/);
  await writer.call('c_total', 'inc', { l: 1 });
  await program.prints(/"series":1/);
  program.process.kill('SIGINT');
  t.is(await program.end(), 0);
  for (const line of program.output.trim().split('\n')) t.notThrows(() => JSON.parse(line));
});

test('inspect --watch draws over what a terminal shows', async (t) => {
  const { env, start } = openScene(t, 'file');
  const writer = start();
  await writer.make('Counter', { name: 'c_total' });
  const command = [process.execPath, PROGRAM_FILE, 'inspect', '--watch', '-i', '0.1'];
  const terminal = new Terminal(t, command, { columns: 160, env });
  await terminal.shows(/1 live, 0 hidden, 0 dead/);
  await writer.kill();
  await terminal.shows(/0 live, 0 hidden, 1 dead/);
  t.notRegex(terminal.screen, /1 live/);
  terminal.type('C-c');
  t.is(await terminal.end(), 0);
});
