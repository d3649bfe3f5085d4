// What the environment says: the directory, the backend, or nothing.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { type ChildOptions, startChild } from '../helpers/children.js';
import { WriterProcess } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const WITHOUT_NATIVE = new URL('../programs/without-native.js', import.meta.url).href;

function start(
  t: ExecutionContext,
  env: Record<string, string>,
  options: ChildOptions = {},
): WriterProcess {
  return new WriterProcess(startChild(t, 'writer', { ...options, env }));
}

for (const backend of expectedBackends()) {
  const forced = { PROMETHEUS_MULTIPROC_BACKEND: backend };

  if (process.platform !== 'win32') {
    test.serial(`${backend}: the variable's lower-case name works, with one warning`, async (t) => {
      const dir = temporaryDirectory(t);
      const lower = start(t, { ...forced, prometheus_multiproc_dir: dir });
      await lower.make('Counter', { name: 'c_total' });
      await lower.make('Gauge', { name: 'g' });
      await lower.call('c_total', 'inc', 2);
      await lower.mark(123);
      await lower.collectorPage();
      const upper = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: dir });
      t.is(await upper.value('c_total'), 2);
      const warnings = await lower.warnings();
      t.is(warnings.length, 1);
      t.regex(warnings[0] as string, /prometheus_multiproc_dir.* PROMETHEUS_MULTIPROC_DIR/);
      t.deepEqual(await upper.warnings(), []);
    });
  }

  test.serial(
    `${backend}: the variable's limit on series holds for metrics that say none`,
    async (t) => {
      const writer = start(t, {
        ...forced,
        PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
        PROMETHEUS_MULTIPROC_MAX_SERIES: '2',
      });
      await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
      for (const l of ['a', 'b', 'c', 'd']) await writer.call('c_total', 'inc', { l });
      t.deepEqual(
        (await writer.samples('c_total')).map(({ labels, value }) => [labels.l, value]),
        [
          ['__overflow__', 2],
          ['a', 1],
          ['b', 1],
        ],
      );
    },
  );

  test.serial(`${backend}: a directory that is missing is made, with its parents`, async (t) => {
    const dir = path.join(temporaryDirectory(t), 'not/there/yet');
    const writer = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: dir });
    await writer.make('Counter', { name: 'c_total' });
    t.is(readdirSync(dir).length, 1);
  });

  test.serial(`${backend}: a collector makes the directory that is missing`, async (t) => {
    const dir = path.join(temporaryDirectory(t), 'not/there/yet');
    const reader = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: dir });
    await t.notThrowsAsync(reader.collectorPage());
    t.true(existsSync(dir));
  });

  test.serial(
    `${backend}: a variable that names a file is an error of the collector alone`,
    async (t) => {
      const file = path.join(temporaryDirectory(t), 'file');
      writeFileSync(file, 'not a directory');
      const writer = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: file });
      const error = await t.throwsAsync(writer.collectorPage());
      t.is(error.name, 'DirectoryError');
      t.true(error.message.includes(file), error.message);
      t.true(error.message.includes('PROMETHEUS_MULTIPROC_DIR'), error.message);

      await writer.make('Counter', { name: 'c_total' });
      await writer.make('Histogram', { name: 'h' });
      await writer.call('c_total', 'inc', 2);
      await writer.call('h', 'observe', 1);
      t.is(await writer.value('c_total'), 2);
      t.is(await writer.value('h_count'), 1);
      t.not(await writer.value('prom_multiproc_errors_total', { reason: 'directory' }), undefined);
      const warnings = await writer.warnings();
      t.is(warnings.length, 1, warnings.join('\n'));
      t.true(warnings[0]?.includes(file));
      t.is((await t.throwsAsync(writer.collectorPage())).name, 'DirectoryError');
    },
  );

  test.serial(`${backend}: a collector of a path that is a file is an error`, async (t) => {
    const dir = temporaryDirectory(t);
    const file = path.join(dir, 'file');
    writeFileSync(file, '');
    const reader = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: dir });
    const error = await t.throwsAsync(reader.collectorPage({ dir: file }));
    t.is(error.name, 'DirectoryError');
    t.true(error.message.includes(file), error.message);
  });

  test.serial(`${backend}: forced, it is what the page names`, async (t) => {
    const writer = start(t, { ...forced, PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) });
    await writer.make('Counter', { name: 'c_total' });
    const [info] = await writer.samples('prom_multiproc_info');
    t.is(info?.labels.backend, backend);
  });
}

test.serial('without the variable an explicit collector is an error that names it', async (t) => {
  const writer = start(t, {});
  const error = await t.throwsAsync(writer.collectorPage());
  t.is(error.name, 'DirectoryError');
  t.regex(error.message, /PROMETHEUS_MULTIPROC_DIR is not set/);
});

test.serial('without the variable all metrics work, in the memory of one process', async (t) => {
  const cwd = temporaryDirectory(t);
  const writer = start(t, { TMPDIR: cwd });
  await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
  await writer.make('Gauge', { name: 'g', multiprocessMode: 'all' });
  await writer.make('Histogram', { name: 'h', buckets: [1] });
  await writer.make('Summary', { name: 's' });
  await writer.call('c_total', 'inc', { l: 'x' }, 2);
  await writer.call('g', 'set', 3);
  await writer.call('h', 'observe', 4);
  await writer.call('s', 'observe', 5);
  await writer.mark(writer.pid);
  t.is(await writer.value('c_total', { l: 'x' }), 2);
  t.is(await writer.value('g', { pid: writer.label }), 3);
  t.is(await writer.value('h_bucket', { le: '+Inf' }), 1);
  t.is(await writer.value('s_sum'), 5);
  const [info] = await writer.samples('prom_multiproc_info');
  t.is(info?.labels.backend, 'memory');
  t.deepEqual(await writer.warnings(), []);
  t.deepEqual(readdirSync(cwd), []);
});

test.serial('an empty variable is none', async (t) => {
  const writer = start(t, { PROMETHEUS_MULTIPROC_DIR: '', PROMETHEUS_MULTIPROC_BACKEND: '' });
  await writer.make('Counter', { name: 'c_total' });
  const [info] = await writer.samples('prom_multiproc_info');
  t.is(info?.labels.backend, 'memory');
});

test.serial('a forced backend that nobody knows is an error with the ones there are', async (t) => {
  const env = {
    PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
    PROMETHEUS_MULTIPROC_BACKEND: 'floppy',
  };
  const writer = start(t, env);
  for (const attempt of [() => writer.make('Counter', { name: 'c' }), () => writer.collect()]) {
    const error = await t.throwsAsync(attempt());
    t.is(error.name, 'BackendError');
    t.regex(error.message, /"floppy".* mmap, mmap-io, file/);
  }
});

for (const backend of ['mmap', 'mmap-io']) {
  test.serial(
    `a forced backend ${backend} that cannot load is an error with the reason`,
    async (t) => {
      const env = {
        PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
        PROMETHEUS_MULTIPROC_BACKEND: backend,
      };
      const writer = start(t, env, { nodeArgs: ['--import', WITHOUT_NATIVE] });
      const error = await t.throwsAsync(writer.make('Counter', { name: 'c_total' }));
      t.is(error.name, 'BackendError');
      t.regex(error.message, new RegExp(`"${backend}".*no binary of .* for this platform`));
    },
  );
}

test.serial(
  'where no native backend loads the file backend serves, and the page says so',
  async (t) => {
    const env = { PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) };
    const writer = start(t, env, { nodeArgs: ['--import', WITHOUT_NATIVE] });
    await writer.make('Counter', { name: 'c_total' });
    await writer.call('c_total', 'inc', 2);
    t.is(await writer.value('c_total'), 2);
    const [info] = await writer.samples('prom_multiproc_info');
    t.is(info?.labels.backend, 'file');
    t.deepEqual(await writer.warnings(), []);
  },
);
