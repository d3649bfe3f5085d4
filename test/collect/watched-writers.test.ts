// Writers without a lock, of which the process table tells whether they live: a collector
// watches them, and sees at once that they have ended.

import { rmSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { Collector } from '../../src/collect/collector.js';
import { startTicksOf } from '../../src/processes/identity.js';
import type { Writer } from '../../src/store/writer.js';
import { CompactionScene, type SceneWriter } from '../helpers/compaction-scene.js';
import {
  type IdleProcess,
  startIdle,
  startUnawaited,
  watchedPids,
} from '../helpers/idle-processes.js';
import type { Teardown } from '../helpers/temporary-directory.js';
import { descriptor, newHolder } from '../helpers/writers.js';

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

process.env.PROMETHEUS_MULTIPROC_BACKEND = 'file';

function fill(writer: Writer): void {
  const level = descriptor({ name: 'level', type: 'gauge', mode: 'livesum' });
  writer.addSeries(writer.defineMetric(level), [], 1, newHolder(), [4]);
  writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [3]);
}

interface Scene {
  readonly collector: Collector;
  /** Adds the file of a process, or of a thread of it. */
  add(process: IdleProcess, threadId?: number): SceneWriter;
  /** What the next page shows. */
  shown(): Promise<string[]>;
}

function setUp(t: Teardown): Scene {
  const scene = new CompactionScene(t, 'file');
  const collector = new Collector({ dir: scene.directory, compact: false, selfMetrics: false });
  t.teardown(() => collector.close());
  return {
    collector,
    add: ({ pid }, threadId = 0) =>
      scene.addDead(fill, { pid, threadId, startTicks: startTicksOf(pid) as number }),
    shown: async () => (await collector.collect()).match(/^(level|requests_total) .+$/gm) ?? [],
  };
}

for (const [end, start] of [
  ['and was waited for', startIdle],
  ['and was not waited for', startUnawaited],
] as const) {
  onLinux(`a writer that was killed between two pages ${end} is dead on the next`, async (t) => {
    const { add, shown } = setUp(t);
    const [stays, ends] = [startIdle(t), await start(t)];
    add(stays);
    add(ends);
    add(ends, 1);
    for (let page = 0; page < 3; page++) {
      t.deepEqual(await shown(), ['level 12', 'requests_total 9']);
    }
    t.deepEqual(new Set(watchedPids()), new Set([stays.pid, ends.pid]));
    await ends.kill();
    t.deepEqual(await shown(), ['level 4', 'requests_total 9']);
    t.deepEqual(watchedPids(), [stays.pid]);
  });
}

onLinux('threads of one process are watched by one descriptor', async (t) => {
  const { add, shown } = setUp(t);
  const writer = startIdle(t);
  for (let thread = 0; thread < 3; thread++) add(writer, thread);
  t.deepEqual(await shown(), ['level 12', 'requests_total 9']);
  t.deepEqual(watchedPids(), [writer.pid]);
});

onLinux(
  'of a writer whose file is gone no descriptor stays beyond the next page but one',
  async (t) => {
    const { add, shown } = setUp(t);
    const [stays, goes] = [startIdle(t), startIdle(t)];
    add(stays);
    const { path } = add(goes);
    await shown();
    rmSync(path);
    await shown();
    t.deepEqual(await shown(), ['level 4', 'requests_total 3']);
    t.deepEqual(watchedPids(), [stays.pid]);
  },
);

onLinux(
  'a collector that is closed gives its descriptors back, and takes them when it is used again',
  async (t) => {
    const { collector, add, shown } = setUp(t);
    const writer = startIdle(t);
    add(writer);
    for (let life = 0; life < 2; life++) {
      t.deepEqual(await shown(), ['level 4', 'requests_total 3']);
      t.deepEqual(watchedPids(), [writer.pid]);
      collector.close();
      t.deepEqual(watchedPids(), []);
    }
  },
);
