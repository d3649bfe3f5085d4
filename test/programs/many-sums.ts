// Merges so many slots that their sums are made where instructions for two numbers at once
// are, if this process may use them. Prints whether it may, and a digest of all that came out.

import { createHash } from 'node:crypto';
import { MIN_SLOTS_IN_MEMORY } from '../../src/limits.js';
import { planMerge } from '../../src/merge/plan.js';
import { SumMemory } from '../../src/merge/sum-memory.js';
import { sourceOf } from '../helpers/merge-sources.js';

const WRITERS = 65;
const SERIES = Math.ceil(MIN_SLOTS_IN_MEMORY / WRITERS / 2);
const RUNS = 4;

/** Numbers of all sizes, most of which lose digits when they are added. */
let state = 1;
function number(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const digits = state / 3;
  return digits * 2 ** ((state >>> 3) % 40);
}

const sources = Array.from({ length: WRITERS }, (_, i) => {
  const series = Array.from({ length: SERIES }, (_, n) => n);
  return sourceOf({
    label: String(i),
    createdMs: i + 1,
    metrics: [
      {
        name: 'calls',
        type: 'counter',
        labelNames: ['n'],
        series: series.map((n) => [[String(n)], [number()]]),
      },
      {
        name: 'level',
        type: 'gauge',
        mode: 'sum',
        labelNames: ['n'],
        series: series.map((n) => [[String(n)], [n % 100 === 0 ? Number.NaN : number()]]),
      },
      { name: 'most', type: 'gauge', mode: 'max', series: [[[], [number(), 1]]] },
    ],
  });
});

const plan = planMerge(sources);
const digest = createHash('sha256');
for (let run = 0; run < RUNS; run++) {
  plan.run();
  for (const { values } of plan.families) {
    digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  for (const source of sources) {
    const values = source.extent(0);
    for (let slot = run; slot < values.length; slot += 7) values[slot] = number();
  }
}
console.log(
  JSON.stringify({
    inMemory: SumMemory.of([1, 1, 1, MIN_SLOTS_IN_MEMORY], 0) !== undefined,
    digest: digest.digest('hex'),
  }),
);
