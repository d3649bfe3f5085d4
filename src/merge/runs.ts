/**
 * The work of a merge that is done at every scrape, as plain loops over arrays that
 * were laid out when the set of files or series last changed.
 */

import { fence } from '../fence.js';
import type { GaugeReducer } from './gauges.js';

/** `merged[to[i]] += values[from[i]]` for all i. */
export interface Addition {
  readonly values: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** One writer's gauges of one family: `values[from[i]]` goes into `merged[to[i]]`. */
export interface Folding {
  readonly values: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Whether the slot after the value says when it was set. */
  readonly keepsTime: boolean;
}

export interface GaugeRun {
  readonly reducer: GaugeReducer;
  readonly foldings: readonly Folding[];
  /** The family's values are `merged[begin]` to `merged[end - 1]`. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Adds in twice the precision of a float64, so that the order of writers makes no
 * difference: it changes when dead ones go into the archive, and a sum that comes out one
 * bit lower is a counter's restart to Prometheus. `rest`, zeros at first, takes what does
 * not fit into `merged`. TwoSum: Knuth, The Art of Computer Programming 2, 4.2.2.
 */
export function runAdditions(
  merged: Float64Array,
  rest: Float64Array,
  additions: readonly Addition[],
): void {
  for (const { values, from, to } of additions) {
    for (let i = 0; i < from.length; i++) {
      addExactly(merged, rest, to[i] as number, values[from[i] as number] as number);
    }
  }
  for (let at = 0; at < merged.length; at++) {
    const small = rest[at] as number;
    // Not a number where the sum is infinite or none itself.
    if (Number.isFinite(small)) merged[at] = (merged[at] as number) + small;
  }
}

/** Adds `value` to the sum `merged[at] + rest[at]`. */
export function addExactly(
  merged: Float64Array,
  rest: Float64Array,
  at: number,
  value: number,
): void {
  const before = merged[at] as number;
  const sum = before + value;
  const added = sum - before;
  merged[at] = sum;
  rest[at] = (rest[at] as number) + (before - (sum - added) + (value - added));
}

export function runGauges(
  merged: Float64Array,
  aux: Float64Array,
  runs: readonly GaugeRun[],
): void {
  for (const { reducer, foldings, begin, end } of runs) {
    const { step, finish } = reducer;
    for (const { values, from, to, keepsTime } of foldings) {
      for (let i = 0; i < from.length; i++) {
        const slot = from[i] as number;
        if (keepsTime) stepTimed(step, merged, aux, to[i] as number, values, slot);
        else step(merged, aux, to[i] as number, values[slot] as number, SET);
      }
    }
    if (finish !== undefined) for (let at = begin; at < end; at++) finish(merged, aux, at);
  }
}

const SET = 1;
const MAX_PAIR_READS = 1000;
/** Set once, but nobody knows when: a writer died between the two stores. Older than all that is known. */
export const SET_AT_UNKNOWN_TIME = Number.MIN_VALUE;

/**
 * Reads value and time of one `set`. The writer makes the time NaN, stores the value,
 * then the new time: the pair is whole when the time is the same before and after.
 */
function stepTimed(
  step: GaugeReducer['step'],
  merged: Float64Array,
  aux: Float64Array,
  at: number,
  values: Float64Array,
  slot: number,
): void {
  for (let reads = 0; reads < MAX_PAIR_READS; reads++) {
    const before = values[slot + 1] as number;
    fence();
    const value = values[slot] as number;
    fence();
    if (values[slot + 1] === before) {
      step(merged, aux, at, value, before);
      return;
    }
  }
  step(merged, aux, at, values[slot] as number, SET_AT_UNKNOWN_TIME);
}
