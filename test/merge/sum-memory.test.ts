// Sums that are made by instructions for two numbers at once are, to the last bit, those
// that are made one by one, and a process that may not use such instructions does without.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import { MIN_SLOTS_IN_MEMORY } from '../../src/limits.js';
import { addAll, SlotMapBuilder, settle } from '../../src/merge/additions.js';
import { FIRST_RUN, Inputs } from '../../src/merge/inputs.js';
import { planMerge } from '../../src/merge/plan.js';
import { SumMemory } from '../../src/merge/sum-memory.js';
import { atOnce } from '../../src/steps.js';
import { sourceOf } from '../helpers/merge-sources.js';

const PROGRAM = fileURLToPath(new URL('../programs/many-sums.js', import.meta.url));
/** Addresses, in KiB, with which Node.js starts, and fewer than V8 likes to reserve for one such memory. */
const FEW_ADDRESSES = 6 * 1024 * 1024;

/** Runs of slots with gaps between them, as long as those that are worth it and shorter. */
const runs = fc.array(fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 70 }) }), {
  minLength: 1,
  maxLength: 4,
});

/** Sums and what did not fit into them, before and after they are settled. */
function sums(
  writers: readonly Float64Array[],
  given: readonly { gap: number; length: number }[],
  run: number,
  inMemory: boolean,
): number[] {
  const builder = new SlotMapBuilder();
  let from = 0;
  let to = 0;
  for (const { gap, length } of given) {
    from += gap;
    builder.add(from, to, length);
    from += length;
    to += length;
  }
  const map = builder.build();
  const inputs = new Inputs();
  const of = writers.map((writer) => inputs.of(writer, map.low, map.high));
  const memory = inMemory
    ? SumMemory.of([...inputs.copyLengths, 1, 1, MIN_SLOTS_IN_MEMORY], 2 * to)
    : undefined;
  assert.equal(memory !== undefined, inMemory);
  const numbers = (length: number) => memory?.numbers(length) ?? new Float64Array(length);
  const merged = numbers(to);
  const rest = numbers(to);
  if (memory !== undefined && run > FIRST_RUN) inputs.copyTo(memory);
  atOnce(addAll(merged, rest, { map, inputs: of }, run, memory));
  const unsettled = [...merged, ...rest];
  settle(merged, rest, 0, to, memory);
  return [...unsettled, ...merged];
}

test('sums are the same to the last bit, whatever the numbers and wherever the slots are', (t) => {
  const slots = 4 * 73;
  const numbers = fc.array(fc.oneof(fc.double(), fc.nat(), fc.constant(-0)), {
    minLength: 1,
    maxLength: slots,
  });
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 9 }), runs, (writers, given) => {
      const arrays = writers.map((some) =>
        Float64Array.from({ length: slots }, (_, i) => some[i % some.length] as number),
      );
      for (const run of [FIRST_RUN, FIRST_RUN + 1]) {
        t.deepEqual(sums(arrays, given, run, true), sums(arrays, given, run, false));
      }
    }),
    { numRuns: 300 },
  );
});

test('numbers are zeros of their own, and no more than there is room for', (t) => {
  const lengths = new Array(8).fill(MIN_SLOTS_IN_MEMORY / 8);
  const memory = SumMemory.of(lengths, 0) as SumMemory;
  const [first, ...others] = lengths.map((length) => memory.numbers(length));
  first?.fill(1);
  t.true(others.every((numbers) => numbers.every((number) => number === 0)));
  t.throws(() => memory.numbers(1), { instanceOf: RangeError });
});

test('few slots, and those of few writers, are added where they are', (t) => {
  t.is(SumMemory.of([1, 1, 1, MIN_SLOTS_IN_MEMORY - 4], 100), undefined);
  t.not(SumMemory.of([1, 1, 1, MIN_SLOTS_IN_MEMORY - 3], 100), undefined);
  t.is(SumMemory.of([1, 1, MIN_SLOTS_IN_MEMORY], 100), undefined);
});

for (const plans of ['first', 'second'])
  test(`families of the ${plans} plan of a thread show each change, wherever their values are`, (t) => {
    const series = Array.from({ length: MIN_SLOTS_IN_MEMORY / 8 }, (_, n) => n);
    const sources = Array.from({ length: 8 }, (_, i) =>
      sourceOf({
        label: String(i),
        metrics: [
          {
            name: 'calls',
            type: 'counter',
            labelNames: ['n'],
            series: series.map((n) => [[String(n)], [n]]),
          },
        ],
      }),
    );
    const plan = planMerge(sources);
    const [family] = plan.families;
    const before = family?.values.buffer;
    for (let run = 0; run < 4; run++) {
      plan.run();
      const haveMoved = plans === 'first' || run > 0;
      t.is(family?.values.buffer !== before, haveMoved, `run ${run}`);
      t.deepEqual(
        [...(family?.values ?? [])],
        series.map((n) => 8 * (n + run)),
      );
      for (const source of sources) {
        const values = source.extent(0);
        for (const n of series) values[n] = n + run + 1;
      }
    }
  });

/** What the program says, run by a shell's command before it and with these flags. */
function outcome(before: string, ...flags: string[]): { inMemory: boolean; digest: string } {
  const script = `${before}; exec "$0" "$@"`;
  const args = ['-c', script, process.execPath, ...flags, PROGRAM];
  return JSON.parse(execFileSync('sh', args, { encoding: 'utf8' }));
}

test('without WebAssembly, or addresses for it, the same comes out', (t) => {
  const { inMemory, digest } = outcome(':');
  t.true(inMemory);
  t.deepEqual(outcome(':', '--jitless'), { inMemory: false, digest });
  // Newer versions of V8 make do with fewer.
  t.is(outcome(`ulimit -v ${FEW_ADDRESSES}`).digest, digest);
});
