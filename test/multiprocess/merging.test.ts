// What processes write into one directory adds up on one page.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: a counter adds across processes and shows zero before its use`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const [a, b] = [start(), start()];
      await a.make('Counter', { name: 'c_total' });
      t.is(await reader.value('c_total'), 0);
      await b.make('Counter', { name: 'c_total' });
      t.is(await reader.value('c_total'), 0);
      await a.call('c_total', 'inc', 1);
      await b.call('c_total', 'inc', 2);
      t.is(await reader.value('c_total'), 3);
      await a.kill();
      t.is(await reader.value('c_total'), 3);
    },
  );

  test.serial(
    `${backend}: a summary adds across processes and shows zero before its use`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const [a, b] = [start(), start()];
      await a.make('Summary', { name: 's' });
      await b.make('Summary', { name: 's' });
      t.is(await reader.value('s_count'), 0);
      t.is(await reader.value('s_sum'), 0);
      await a.call('s', 'observe', 1);
      await b.call('s', 'observe', 2);
      t.is(await reader.value('s_count'), 2);
      t.is(await reader.value('s_sum'), 3);
      await a.kill();
      t.is(await reader.value('s_count'), 2);
      t.is(await reader.value('s_sum'), 3);
    },
  );

  test.serial(
    `${backend}: a histogram adds across processes and shows zero before its use`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const [a, b] = [start(), start()];
      await a.make('Histogram', { name: 'h', buckets: [1, 5] });
      await b.make('Histogram', { name: 'h', buckets: [1, 5] });
      t.deepEqual(await histogram(), { '1': 0, '5': 0, '+Inf': 0, sum: 0, count: 0 });
      await a.call('h', 'observe', 1);
      await b.call('h', 'observe', 2);
      await b.call('h', 'observe', 7);
      t.deepEqual(await histogram(), { '1': 1, '5': 2, '+Inf': 3, sum: 10, count: 3 });
      await b.kill();
      t.deepEqual(await histogram(), { '1': 1, '5': 2, '+Inf': 3, sum: 10, count: 3 });

      async function histogram() {
        const samples = await reader.samples('h');
        return Object.fromEntries(
          samples.map(({ name, labels, value }) => [labels.le ?? name.slice('h_'.length), value]),
        );
      }
    },
  );

  test.serial(
    `${backend}: a label set of one process only keeps its samples together`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const [a, b] = [start(), start()];
      const config = { name: 'h', labelNames: ['view'], buckets: [1, 5] };
      await a.make('Histogram', config);
      await b.make('Histogram', config);
      await a.call('h', 'observe', { view: 'one' }, 1);
      await b.call('h', 'observe', { view: 'two' }, 1);
      await b.call('h', 'observe', { view: 'one' }, 5);
      const page = await reader.collect();
      t.deepEqual(page.match(/^h_.*$/gm), [
        'h_bucket{view="one",le="1"} 1',
        'h_bucket{view="one",le="5"} 2',
        'h_bucket{view="one",le="+Inf"} 2',
        'h_sum{view="one"} 6',
        'h_count{view="one"} 2',
        'h_bucket{view="two",le="1"} 1',
        'h_bucket{view="two",le="5"} 1',
        'h_bucket{view="two",le="+Inf"} 1',
        'h_sum{view="two"} 1',
        'h_count{view="two"} 1',
      ]);
    },
  );

  test.serial(
    `${backend}: label sets of several processes meet, whatever order they are given in`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const [a, b] = [start(), start()];
      await a.make('Counter', { name: 'c_total', labelNames: ['x', 'y'] });
      await b.make('Counter', { name: 'c_total', labelNames: ['y', 'x'] });
      await a.call('c_total', 'inc', { x: '1', y: '2' }, 1);
      await b.call('c_total', 'inc', { y: '2', x: '1' }, 2);
      await b.call('c_total', 'inc', { y: '1', x: '2' }, 4);
      const values = Object.fromEntries(
        (await reader.samples('c_total')).map(({ labels, value }) => [
          `${labels.x}${labels.y}`,
          value,
        ]),
      );
      t.deepEqual(values, { '12': 3, '21': 4 });
    },
  );

  test.serial(
    `${backend}: the help text of every type is kept, also of a dead process`,
    async (t) => {
      const { start, reader } = openScene(t, backend);
      const a = start();
      await a.make('Counter', { name: 'c_total', help: 'c help' });
      await a.make('Gauge', { name: 'g', help: 'g "help"', multiprocessMode: 'sum' });
      await a.make('Histogram', { name: 'h', help: 'h\\help\nin two lines' });
      await a.make('Summary', { name: 's', help: 's hélp 🦉' });
      await a.kill();
      const families = await reader.families();
      const help = Object.fromEntries(families.map((family) => [family.name, family.help]));
      t.like(help, {
        c_total: 'c help',
        g: 'g "help"',
        h: 'h\\help\nin two lines',
        s: 's hélp 🦉',
      });
    },
  );

  test.serial(`${backend}: every process serves the same page`, async (t) => {
    const { start, reader } = openScene(t, backend);
    const [a, b] = [start(), start()];
    for (const [writer, amount] of [
      [a, 1],
      [b, 2],
    ] as const) {
      await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
      await writer.make('Gauge', { name: 'g', multiprocessMode: 'all' });
      await writer.call('c_total', 'inc', { l: 'x' }, amount);
      await writer.call('c_total', 'inc', { l: `only ${amount}` }, amount);
      await writer.call('g', 'set', amount);
    }
    const names = ['c_total', 'g'];
    const page = await reader.collect({ names });
    t.regex(page, /^c_total\{l="x"\} 3$/m);
    t.is(await a.collect({ names }), page);
    t.is(await b.collect({ names }), page);
  });
}

test.serial('processes on different backends share one page', async (t) => {
  const backends = expectedBackends();
  const first = openScene(t, backends[0] as string);
  const scenes = backends.map((backend) => openScene(t, backend, first.dir));
  const writers = scenes.map(({ start }) => start());
  for (const [i, writer] of writers.entries()) {
    await writer.make('Counter', { name: 'c_total' });
    await writer.make('Gauge', { name: 'live' });
    await writer.call('c_total', 'inc', 10 ** i);
    await writer.call('live', 'set', 10 ** i);
  }
  const all = (10 ** writers.length - 1) / 9;
  for (const { reader } of scenes) {
    t.is(await reader.value('c_total'), all);
    t.is(await reader.value('live'), all);
  }
  await writers[0]?.kill();
  for (const { reader } of scenes) {
    t.is(await reader.value('c_total'), all);
    t.is(await reader.value('live'), all - 1);
  }
});
