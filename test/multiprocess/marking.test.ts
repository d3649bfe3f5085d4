// markProcessDead, by hand.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** Above every pid that Linux and macOS give. */
const UNKNOWN_PID = 2 ** 22 + 1;

for (const backend of expectedBackends()) {
  test.serial(`${backend}: marking an unknown process dead is fine`, async (t) => {
    const { dir, reader, start } = openScene(t, backend);
    await reader.mark(UNKNOWN_PID);
    const writer = start();
    await writer.make('Gauge', { name: 'g' });
    await writer.call('g', 'set', 2);
    for (const pid of [UNKNOWN_PID, 0, -1, Number.NaN]) await reader.mark(pid);
    await reader.mark(writer.pid, path.join(dir, 'missing'));
    t.is(await reader.value('g'), 2);
    t.deepEqual(await reader.warnings(), []);
  });

  test.serial(`${backend}: marking a process dead again changes nothing`, async (t) => {
    const { dir, reader, start } = openScene(t, backend);
    const [a, b] = [start(), start()];
    for (const writer of [a, b]) {
      await writer.make('Gauge', { name: 'g' });
      await writer.make('Counter', { name: 'c_total' });
      await writer.call('g', 'set', 2);
      await writer.call('c_total', 'inc', 2);
    }
    // A compaction that finds nothing to do has a lock there for a moment.
    const metricFiles = () =>
      readdirSync(dir)
        .filter((name) => name.endsWith('.pmp'))
        .sort();
    const files = metricFiles();
    for (let times = 0; times < 3; times++) {
      await b.mark(a.pid);
      await reader.mark(a.pid, dir);
      t.is(await reader.value('g'), 2);
      t.is(await reader.value('c_total'), 4);
    }
    t.deepEqual(metricFiles(), files);
    await a.kill();
    await reader.mark(a.pid);
    t.is(await reader.value('g'), 2);
    t.is(await reader.value('c_total'), 4);
    t.deepEqual(await reader.warnings(), []);
  });

  test.serial(
    `${backend}: a process that was marked dead by mistake goes on counting`,
    async (t) => {
      const { reader, start } = openScene(t, backend);
      const writer = start();
      await writer.make('Counter', { name: 'c_total' });
      await reader.mark(writer.pid);
      await writer.call('c_total', 'inc', 2);
      t.is(await reader.value('c_total'), 2);
      await writer.make('Counter', { name: 'later_total' });
      await writer.call('later_total', 'inc', 3);
      t.is(await reader.value('later_total'), 3);
    },
  );

  test.serial(`${backend}: a mark is for the directory that it is given`, async (t) => {
    const here = openScene(t, backend);
    const there = openScene(t, backend, temporaryDirectory(t));
    const writer = here.start();
    await writer.make('Gauge', { name: 'g' });
    await writer.call('g', 'set', 2);
    await there.reader.mark(writer.pid);
    t.is(await here.reader.value('g'), 2);
    await there.reader.mark(writer.pid, here.dir);
    t.is(await here.reader.value('g'), undefined);
  });

  test.serial(`${backend}: writers are counted by state`, async (t) => {
    const { reader, start } = openScene(t, backend);
    const [live, marked, killed] = [start(), start(), start()];
    for (const writer of [live, marked, killed]) await writer.make('Counter', { name: 'c_total' });
    await killed.kill();
    t.deepEqual(await byState(), { live: 2, hidden: 0, dead: 1 });
    await reader.mark(marked.pid);
    // The dead one is being folded into the archive.
    t.like(await byState(), { live: 1, hidden: 1 });

    async function byState(): Promise<Record<string, number>> {
      const samples = await reader.samples('prom_multiproc_writers');
      return Object.fromEntries(samples.map(({ labels, value }) => [labels.state, value]));
    }
  });
}
