// Processes that do not agree on what a metric is: an old and a new release side by side.

import test, { type ExecutionContext } from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene, type Writer } from '../helpers/scene.js';

/** An older and a newer process: the newer's file is made when it makes its first metric. */
async function twoReleases(t: ExecutionContext, backend: string) {
  const { start, reader } = openScene(t, backend);
  const [older, newer] = [start(), start()];
  await older.make('Counter', { name: 'older_total' });
  await newer.make('Counter', { name: 'newer_total' });
  return { older, newer, reader };
}

function conflicts(reader: Writer, reason: 'type' | 'mode' | 'buckets') {
  return reader.value('prom_multiproc_conflicts', { reason });
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: of two help texts the newest process's is shown`, async (t) => {
    const { older, newer, reader } = await twoReleases(t, backend);
    // The order in which the metric is made does not matter, only that of the processes.
    await newer.make('Counter', { name: 'c_total', help: 'New help.' });
    await older.make('Counter', { name: 'c_total', help: 'Old help.' });
    await older.call('c_total', 'inc', 1);
    await newer.call('c_total', 'inc', 2);
    const page = await reader.collect({ names: ['c_total'] });
    t.is(page, '# HELP c_total New help.\n# TYPE c_total counter\nc_total 3\n');
  });

  test.serial(`${backend}: series with different label names stand side by side`, async (t) => {
    const { older, newer, reader } = await twoReleases(t, backend);
    await older.make('Counter', { name: 'c_total', labelNames: ['path'] });
    await newer.make('Counter', { name: 'c_total', labelNames: ['route', 'method'] });
    await older.call('c_total', 'inc', { path: '/' }, 1);
    await newer.call('c_total', 'inc', { route: '/', method: 'GET' }, 2);
    t.is(await reader.value('c_total', { path: '/' }), 1);
    t.is(await reader.value('c_total', { route: '/', method: 'GET' }), 2);
    t.is((await reader.samples('c_total')).length, 2);
  });

  test.serial(
    `${backend}: of two types the newest process's is shown, the other counted`,
    async (t) => {
      const { older, newer, reader } = await twoReleases(t, backend);
      await older.make('Counter', { name: 'm' });
      await older.call('m', 'inc', 1);
      t.is(await conflicts(reader, 'type'), 0);
      await newer.make('Gauge', { name: 'm' });
      await newer.call('m', 'set', 2);
      const page = await reader.collect({ names: ['m'] });
      t.regex(page, /^# TYPE m gauge$/m);
      t.deepEqual(page.match(/^m .*$/gm), ['m 2']);
      t.is(await conflicts(reader, 'type'), 1);
      t.is(await reader.value('older_total'), 0);
    },
  );

  test.serial(
    `${backend}: of two gauge modes the newest process's is used, the other counted`,
    async (t) => {
      const { older, newer, reader } = await twoReleases(t, backend);
      await older.make('Gauge', { name: 'g', multiprocessMode: 'max' });
      await older.call('g', 'set', 9);
      await newer.make('Gauge', { name: 'g', multiprocessMode: 'sum' });
      await newer.call('g', 'set', 2);
      t.is(await reader.value('g'), 2);
      t.is(await conflicts(reader, 'mode'), 1);
    },
  );

  test.serial(
    `${backend}: of different buckets the shared ones stay, and stay exact`,
    async (t) => {
      const { older, newer, reader } = await twoReleases(t, backend);
      await older.make('Histogram', { name: 'h', buckets: [1, 2, 5, 10] });
      await newer.make('Histogram', { name: 'h', buckets: [2, 3, 10, 20] });
      const observed = [0.5, 1.5, 2, 2.5, 4, 7, 15, 30];
      for (const value of observed) {
        await older.call('h', 'observe', value);
        await newer.call('h', 'observe', value);
      }
      const upTo = (bound: number) => 2 * observed.filter((value) => value <= bound).length;
      const page = await reader.collect({ names: ['h'] });
      t.deepEqual(page.match(/^h_.*$/gm), [
        `h_bucket{le="2"} ${upTo(2)}`,
        `h_bucket{le="10"} ${upTo(10)}`,
        `h_bucket{le="+Inf"} ${upTo(Number.POSITIVE_INFINITY)}`,
        `h_sum ${2 * observed.reduce((a, b) => a + b)}`,
        `h_count ${2 * observed.length}`,
      ]);
      t.is(await conflicts(reader, 'buckets'), 1);
    },
  );

  test.serial(`${backend}: processes that agree are no conflict`, async (t) => {
    const { older, newer, reader } = await twoReleases(t, backend);
    for (const writer of [older, newer]) {
      await writer.make('Histogram', { name: 'h', buckets: [1, 2] });
      await writer.make('Gauge', { name: 'g', multiprocessMode: 'max' });
      await writer.call('h', 'observe', 1);
      await writer.call('g', 'set', 1);
    }
    for (const reason of ['type', 'mode', 'buckets'] as const) {
      t.is(await conflicts(reader, reason), 0, reason);
    }
  });
}
