// Worker threads are writers of their own.

import { readdirSync } from 'node:fs';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene, type Writer } from '../helpers/scene.js';
import { startThreads } from '../helpers/threads.js';

async function makeMetrics(writers: readonly Writer[]): Promise<void> {
  for (const writer of writers) {
    await writer.make('Counter', { name: 'c_total' });
    await writer.make('Histogram', { name: 'h', buckets: [1] });
    await writer.make('Gauge', { name: 'live' });
    await writer.make('Gauge', { name: 'each', multiprocessMode: 'all' });
    await writer.make('Gauge', { name: 'live_each', multiprocessMode: 'liveall' });
  }
}

async function update(writer: Writer, amount: number): Promise<void> {
  await writer.call('c_total', 'inc', amount);
  await writer.call('h', 'observe', amount);
  for (const gauge of ['live', 'each', 'live_each']) await writer.call(gauge, 'set', amount);
}

async function byWriter(reader: Writer, gauge: string): Promise<Record<string, number>> {
  const samples = await reader.samples(gauge);
  return Object.fromEntries(samples.map(({ labels, value }) => [labels.pid as string, value]));
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: threads add up, each with a file and a label of its own`, async (t) => {
    const scene = openScene(t, backend);
    const main = startThreads(t, scene);
    const [a, b] = [await main.spawn(), await main.spawn()];
    await makeMetrics([main, a, b]);
    await update(main, 1);
    await update(a, 2);
    await update(b, 4);
    t.is(readdirSync(scene.dir).length, 3);
    t.is(await scene.reader.value('c_total'), 7);
    t.is(await scene.reader.value('h_sum'), 7);
    t.is(await scene.reader.value('live'), 7);
    t.deepEqual(await byWriter(scene.reader, 'each'), {
      [main.label]: 1,
      [a.label]: 2,
      [b.label]: 4,
    });
    // Any thread can serve the page.
    t.is(await a.value('c_total'), 7);
    t.is(await main.value('c_total'), 7);
  });

  test.serial(
    `${backend}: a thread that ends in good order loses nothing and leaves live gauges`,
    async (t) => {
      const scene = openScene(t, backend);
      const main = startThreads(t, scene);
      const thread = await main.spawn();
      await makeMetrics([main, thread]);
      await update(main, 1);
      await update(thread, 2);
      await thread.exit();
      t.is(await scene.reader.value('c_total'), 3);
      t.is(await scene.reader.value('h_count'), 2);
      t.is(await scene.reader.value('live'), 1);
      t.deepEqual(await byWriter(scene.reader, 'each'), { [main.label]: 1, [thread.label]: 2 });
      t.deepEqual(await byWriter(scene.reader, 'live_each'), { [main.label]: 1 });
    },
  );

  test.serial(`${backend}: a terminated thread loses nothing that was acknowledged`, async (t) => {
    const scene = openScene(t, backend);
    const main = startThreads(t, scene);
    const thread = await main.spawn();
    await makeMetrics([main, thread]);
    await update(main, 1);
    await update(thread, 2);
    await thread.terminate();
    t.is(await scene.reader.value('c_total'), 3);
    t.is(await scene.reader.value('h_sum'), 3);
    await update(main, 1);
    t.is(await scene.reader.value('c_total'), 4);
  });

  test.serial(`${backend}: threads die with their process`, async (t) => {
    const scene = openScene(t, backend);
    const main = startThreads(t, scene);
    const thread = await main.spawn();
    await makeMetrics([main, thread]);
    await update(main, 1);
    await update(thread, 2);
    await main.kill();
    t.is(await scene.reader.value('c_total'), 3);
    t.is(await scene.reader.value('live'), undefined);
    t.deepEqual(await byWriter(scene.reader, 'each'), { [main.label]: 1, [thread.label]: 2 });
  });

  test.serial(`${backend}: a process that is marked dead takes its threads along`, async (t) => {
    const scene = openScene(t, backend);
    const main = startThreads(t, scene);
    const thread = await main.spawn();
    await makeMetrics([main, thread]);
    await update(thread, 2);
    await scene.reader.mark(main.pid);
    t.is(await scene.reader.value('live'), undefined);
    t.is(await scene.reader.value('c_total'), 2);
  });
}

if (expectedBackends().includes('mmap')) {
  test.serial('mmap: live gauges of a terminated thread leave the page at once', async (t) => {
    const scene = openScene(t, 'mmap');
    const main = startThreads(t, scene);
    const [a, b] = [await main.spawn(), await main.spawn()];
    await makeMetrics([main, a, b]);
    await update(main, 1);
    await update(a, 2);
    await update(b, 4);
    t.is(await scene.reader.value('live'), 7);
    await a.terminate();
    t.is(await scene.reader.value('live'), 5);
    t.is(await scene.reader.value('c_total'), 7);
    t.deepEqual(await byWriter(scene.reader, 'live_each'), { [main.label]: 1, [b.label]: 4 });
    // Its place is taken by a new thread, in a file of its own.
    const c = await main.spawn();
    await makeMetrics([c]);
    await update(c, 8);
    t.is(await scene.reader.value('live'), 13);
    t.is(await scene.reader.value('c_total'), 15);
  });
}
