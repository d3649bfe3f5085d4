// Which exemplar a merged counter or bucket shows, over live writers, dead ones and archives.

import test from 'ava';
import { FileKind } from '../../src/format/layout.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { foldForArchive } from '../../src/merge/archive.js';
import { planMerge } from '../../src/merge/plan.js';
import type { Exemplar } from '../../src/model/exemplar.js';
import type { FamilyTable } from '../../src/model/family.js';
import { type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import { writeArchived } from '../../src/processes/archive-writer.js';
import { FileSource } from '../../src/processes/file-source.js';
import { clearExemplar, writeExemplar } from '../../src/store/exemplar-writer.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { exemplar } from '../helpers/exemplars.js';
import { descriptor, IDENTITY, newHolder } from '../helpers/writers.js';

const COUNTER = descriptor({ name: 'c' });
const HISTOGRAM = descriptor({ name: 'h', type: 'histogram', buckets: [1, 2, 5] });

/** A writer in memory with one series of the metric, which has these exemplars. */
function sourceOf(
  metric: MetricDescriptor,
  exemplars: readonly (Exemplar | undefined)[],
  createdMs = IDENTITY.createdMs,
) {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, { ...IDENTITY, createdMs });
  const width = slotsPerSeries(metric);
  const series = writer.addSeries(writer.defineMetric(metric), [], width, newHolder(), [1]);
  const blocks = exemplars.map((one, bucket) =>
    one === undefined ? undefined : writer.addExemplar(series, bucket, one),
  );
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  return { source, writer, series, blocks };
}

function merged(sources: readonly FileSource[]): FamilyTable {
  const plan = planMerge(sources);
  plan.run();
  return plan.families[0] as FamilyTable;
}

function archiveOf(sources: readonly FileSource[]): FileSource {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, { ...IDENTITY, kind: FileKind.archive });
  writeArchived(writer, foldForArchive(sources, IDENTITY.createdMs));
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  return source;
}

test('the newest exemplar of a counter is shown, wherever it stands', (t) => {
  const sources = [1000, 3000, 2000].map(
    (timeMs) => sourceOf(COUNTER, [exemplar(`at ${timeMs}`, timeMs)]).source,
  );
  for (const order of [sources, [...sources].reverse()]) {
    t.deepEqual(merged(order).exemplars, [exemplar('at 3000', 3000)]);
  }
});

test('each bucket of a histogram shows the newest of its own, and the sum none', (t) => {
  const a = sourceOf(HISTOGRAM, [exemplar('a0', 1), undefined, undefined, exemplar('a3', 4)]);
  const b = sourceOf(HISTOGRAM, [
    exemplar('b0', 2),
    exemplar('b1', 2),
    undefined,
    exemplar('b3', 3),
  ]);
  t.deepEqual(merged([a.source, b.source]).exemplars, [
    exemplar('b0', 2),
    exemplar('b1', 2),
    undefined,
    exemplar('a3', 4),
    undefined,
  ]);
});

test('a family without exemplars has no table of them', (t) => {
  t.false('exemplars' in merged([sourceOf(COUNTER, []).source]));
});

test('where bounds disagree, an exemplar goes to the shared bucket that it falls into', (t) => {
  const other = { ...HISTOGRAM, buckets: [0.5, 2] };
  const a = sourceOf(HISTOGRAM, [
    exemplar('up to 1', 10),
    exemplar('up to 2', 11),
    exemplar('up to 5', 12),
    exemplar('beyond', 9),
  ]);
  const b = sourceOf(other, [exemplar('up to 0.5', 13), undefined, exemplar('over 2', 11)]);
  t.deepEqual(merged([a.source, b.source]).exemplars, [
    exemplar('up to 0.5', 13),
    exemplar('up to 5', 12),
    undefined,
  ]);
});

test('one that cannot be read leaves the place to the next newest', (t) => {
  const a = sourceOf(COUNTER, [exemplar('old', 1000)]);
  const b = sourceOf(COUNTER, [exemplar('torn', 2000)]);
  const [block] = b.blocks;
  if (block === undefined) throw new Error('no block');
  Atomics.add(block.chunk.words, block.index * 2, 1);
  t.deepEqual(merged([b.source, a.source]).exemplars, [exemplar('old', 1000)]);
});

test('a run tells of an exemplar that came without a change of value, and of nothing else', (t) => {
  const { source, blocks } = sourceOf(COUNTER, [exemplar('one', 1000)]);
  const plan = planMerge([source]);
  const [family] = plan.families as [FamilyTable];
  plan.run();
  plan.run();
  const { stamp } = family;
  plan.run();
  t.is(family.stamp, stamp);
  const [block] = blocks;
  if (block === undefined) throw new Error('no block');
  // In the same millisecond.
  writeExemplar(block, exemplar('two', 1000));
  plan.run();
  t.not(family.stamp, stamp);
  t.deepEqual(family.exemplars, [exemplar('two', 1000)]);
  clearExemplar(block);
  plan.run();
  t.deepEqual(family.exemplars, [undefined]);
});

test('an archive has the newest of all that it was made from, and gives it on', (t) => {
  const a = sourceOf(HISTOGRAM, [exemplar('a0', 1), undefined, undefined, exemplar('a3', 4)]);
  const b = sourceOf(HISTOGRAM, [exemplar('b0', 2), exemplar('b1', 2)]);
  const first = archiveOf([a.source, b.source]);
  const expected = [exemplar('b0', 2), exemplar('b1', 2), undefined, exemplar('a3', 4), undefined];
  t.deepEqual(merged([first]).exemplars, expected);
  const c = sourceOf(HISTOGRAM, [undefined, exemplar('c1', 1), exemplar('c2', 1)]);
  const second = archiveOf([first, c.source]);
  t.deepEqual(merged([second]).exemplars, merged([first, c.source]).exemplars);
  t.deepEqual(merged([second]).exemplars?.[2], exemplar('c2', 1));
});
