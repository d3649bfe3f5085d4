// Sums do not depend on which writers are in the archive. Checks, for any numbers that a
// service measures:
// - what a page shows before and after a compaction is the same to the last bit;
// - it is the same after any number of compactions, in whatever order writers die.

import test from 'ava';
import fc from 'fast-check';
import { type ArchivedMetric, foldForArchive } from '../../src/merge/archive.js';
import { planMerge } from '../../src/merge/plan.js';
import type { MergeSource } from '../../src/merge/source.js';
import type { StoredMetric, StoredSeries } from '../../src/model/metric.js';
import { contentsOf, noExemplar } from '../helpers/merge-sources.js';
import { descriptor } from '../helpers/writers.js';

function sourceOf(
  metrics: readonly Pick<ArchivedMetric, 'metric' | 'series'>[],
  createdMs: number,
): MergeSource {
  const stored: StoredMetric[] = [];
  const series: StoredSeries[] = [];
  const blocks: Float64Array[] = [];
  for (const { metric, series: own } of metrics) {
    const one = { ...metric, id: stored.length, defaultLabels: [], sinceMs: createdMs };
    stored.push(one);
    for (const { labelValues, values } of own) {
      series.push({ metric: one, labelValues, slot: blocks.push(values) - 1 });
    }
  }
  return {
    writerId: String(createdMs),
    writerLabel: createdMs === 0 ? undefined : String(createdMs),
    live: createdMs !== 0,
    aliveMs: createdMs,
    createdMs,
    contents: contentsOf(stored, series, (slot) => ({ extent: slot, index: 0 })),
    extent: (number) => blocks[number] as Float64Array,
    exemplar: noExemplar,
  };
}

const SUMMARY = descriptor({ name: 'seconds', type: 'summary' });

function writerOf(sum: number, createdMs: number): MergeSource {
  const series = [{ labelValues: [], values: Float64Array.of(1, sum), exemplars: [] }];
  return sourceOf([{ metric: SUMMARY, series }], createdMs);
}

function shown(sources: readonly MergeSource[]): number[] {
  const plan = planMerge(sources);
  plan.run();
  return [...(plan.families[0]?.values ?? [])];
}

/** Of about one size, with all bits in use: such as lose a bit in most additions. */
const seconds = fc.integer({ min: 0, max: 1e9 }).map((n) => n / 3e6);
/**
 * Of very different sizes, but not so that one is nothing beside the sum even in twice the
 * precision of a float64, 32 decimal digits: a tie that 1e-300 seconds would decide.
 */
const amounts = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e12, noNaN: true }));
const sums = fc.array(fc.oneof(seconds, amounts), {
  minLength: 1,
  maxLength: 12,
});

test('a sum is the same to the last bit whichever writers are in the archive', (t) => {
  fc.assert(
    fc.property(sums, fc.infiniteStream(fc.nat()), (numbers, choices) => {
      let alive = numbers.map((sum, i) => writerOf(sum, i + 1));
      let archive: MergeSource[] = [];
      const before = shown(alive);
      while (alive.length > 0) {
        const [choice] = choices.take(1);
        const dead = alive[(choice as number) % alive.length] as MergeSource;
        alive = alive.filter((writer) => writer !== dead);
        archive = [sourceOf(foldForArchive([...archive, dead], 100), 0)];
        t.deepEqual(shown([...archive, ...alive]), before);
      }
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test('whole numbers take one block in an archive, as others do not', (t) => {
  const blocks = (numbers: number[]) => {
    const writers = numbers.map((sum, i) => writerOf(sum, i + 1));
    return foldForArchive(writers, 100).flatMap(({ series }) => series).length;
  };
  t.is(blocks([1, 2, 3e15]), 1);
  t.is(blocks([0.1, 0.2, 0.3]), 2);
});

test('a sum beyond the largest number is infinite, with and without an archive', (t) => {
  const writers = [writerOf(Number.MAX_VALUE, 1), writerOf(Number.MAX_VALUE, 2), writerOf(1, 3)];
  t.deepEqual(shown(writers), [3, Number.POSITIVE_INFINITY]);
  const archive = sourceOf(foldForArchive(writers.slice(0, 2), 100), 0);
  t.deepEqual(shown([archive, writers[2] as MergeSource]), [3, Number.POSITIVE_INFINITY]);
});
