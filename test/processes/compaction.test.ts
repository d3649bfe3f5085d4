// What a compaction leaves: the same page, fewer files.

import test from 'ava';
import { MAX_ABSORBED_AT_ONCE } from '../../src/limits.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import type { Writer } from '../../src/store/writer.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { descriptor, newHolder } from '../helpers/writers.js';

const GENERATIONS = 4;

for (const backend of expectedBackends()) {
  test(`${backend}: folding dead writers, again and again, changes nothing on the page`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const open = scene.open();
    const live = scene.addLive();
    for (let generation = 1; generation <= GENERATIONS; generation++) {
      scene.addDead();
      scene.addDead();
      const before = scene.page();
      t.is(open.page(), before);
      t.deepEqual(await scene.compact(), { absorbed: 2, left: 0 });
      t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort());
      t.is(scene.page(), before);
      t.is(open.page(), before);
    }
    t.regex(scene.page(), /^gauge_sum\{l="shared"\} /m);
    t.deepEqual(scene.errors, []);
  });

  test(`${backend}: the page of writers that are all dead stays too`, async (t) => {
    const scene = new CompactionScene(t, backend);
    for (let i = 0; i < 3; i++) scene.addDead();
    const before = scene.page();
    await scene.compact();
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
    t.is(samplesOf(scene.page()), samplesOf(before));
  });

  test(`${backend}: without dead writers nothing is written`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const live = scene.addLive();
    t.deepEqual(await scene.compact(), { absorbed: 0, left: 0 });
    t.deepEqual(scene.files(), [live.name]);
  });

  test(`${backend}: what a live writer counts after a compaction is added to the archive's`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const holder = newHolder();
    scene.addDead((writer) => {
      writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [3]);
    });
    const { writer } = scene.addLive((made) => {
      made.addSeries(made.defineMetric(descriptor()), [], 1, holder, [4]);
    });
    const open = scene.open();
    t.regex(open.page(), /^requests_total 7$/m);
    await scene.compact();
    holder.values[holder.index] = 40;
    holder.dirty?.mark(holder.index, holder.index);
    writer.mapping.flush();
    t.regex(open.page(), /^requests_total 43$/m);
  });
}

test('one compaction folds no more than the limit, and says that it left some', async (t) => {
  const scene = new CompactionScene(t, 'file');
  for (let i = 0; i < MAX_ABSORBED_AT_ONCE + 1; i++) scene.addDead(countOne);
  t.deepEqual(await scene.compact(), { absorbed: MAX_ABSORBED_AT_ONCE, left: 1 });
  t.is(scene.files().length, 2);
  t.regex(scene.page(), /^requests_total 65$/m);
  t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
  t.deepEqual(scene.files(), [ARCHIVE_NAME]);
  t.regex(scene.page(), /^requests_total 65$/m);
});

function countOne(writer: Writer): void {
  writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [1]);
}

/** Without heads of families that have no samples. */
function samplesOf(page: string): string {
  return page
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}
