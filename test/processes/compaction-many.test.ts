// Ten thousand writers that die one after another, as workers do over months: what is left
// of them is one archive, and neither a page nor a process knows how many they were.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import type { Writer } from '../../src/store/writer.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { descriptor, newHolder } from '../helpers/writers.js';

/** On the first of the backends; on others enough to see that nothing grows. */
const MOST = 10_000;
const FEWER = 2_000;
const PER_ROUND = 500;
const COUNTERS = 20;

/** Two chunks each of the live writer, as writer and as reader, and of the archive. */
const MAX_MAPPINGS = 6;
const MAX_TURNS = 200;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A small worker's metrics; every writer counts 1 in each. */
function fill(writer: Writer): void {
  for (let i = 0; i < COUNTERS; i++) {
    const id = writer.defineMetric(descriptor({ name: `c${i}_total`, labelNames: ['l'] }));
    for (const l of ['a', 'b']) writer.addSeries(id, [l], 1, newHolder(), [1]);
  }
  const gauge = descriptor({ name: 'level', type: 'gauge', mode: 'sum' });
  writer.addSeries(writer.defineMetric(gauge), [], 1, newHolder(), [1]);
  const histogram = descriptor({ name: 'took', type: 'histogram', buckets: [1, 2] });
  writer.addSeries(writer.defineMetric(histogram), [], 4, newHolder(), [1, 0, 0, 1]);
}

/** Descriptors of this process, and its mappings of files in a directory; undefined where the system does not say. */
function heldIn(directory: string): { descriptors: number; mappings: number } | undefined {
  if (!existsSync('/proc/self/maps')) return undefined;
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    mappings: maps.filter((line) => line.includes(directory)).length,
  };
}

/** What this process holds when garbage is collected: memory is given back some turns after nothing leads to it. */
async function heldAtRest(directory: string): Promise<ReturnType<typeof heldIn>> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve));
    const held = heldIn(directory);
    if (held === undefined || held.mappings <= MAX_MAPPINGS) return held;
  }
  return heldIn(directory);
}

for (const [i, backend] of expectedBackends().entries()) {
  const most = i === 0 ? MOST : FEWER;
  test.serial(
    `${backend}: what ${most} dead writers left is one archive of one writer's size`,
    async (t) => {
      const scene = new CompactionScene(t, backend);
      const live = scene.addLive(fill);
      const { size } = statSync(live.path);
      const open = scene.open();
      /** What a scrape has to do, and what this process holds, after each round. */
      const after = new Set<string>();
      for (let dead = PER_ROUND; dead <= most; dead += PER_ROUND) {
        for (let i = 0; i < PER_ROUND; i++) scene.addDead(fill);
        let left = 0;
        do {
          const result = await scene.compact();
          left = result?.left ?? t.fail('nobody else compacts');
        } while (left > 0);
        const page = open.page();
        for (const series of ['c0_total{l="a"}', 'c19_total{l="b"}', 'level', 'took_count']) {
          t.true(page.includes(`\n${series} ${dead + 1}\n`), `${series} of ${dead + 1}`);
        }
        t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort());
        t.is(statSync(join(scene.directory, ARCHIVE_NAME)).size, size);
        const { sources } = open.view;
        const slots = sources.map(({ contents }) => contents.series.length);
        const held = await heldAtRest(scene.directory);
        t.true((held?.mappings ?? 0) <= MAX_MAPPINGS, `${held?.mappings} mappings after ${dead}`);
        after.add(JSON.stringify({ slots, descriptors: held?.descriptors }));
      }
      t.log([...after]);
      t.is(after.size, 1, [...after].join('\n'));
      t.deepEqual(scene.errors, []);
    },
  );
}
