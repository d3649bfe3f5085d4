import { fence } from '../fence.js';
import type { Steps } from '../steps.js';
import type { GaugeReducer } from './gauges.js';

/** Gauges of one family: what is in slot `from[i]` goes into `merged[to[i]]`. */
export interface GaugeSlots {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** All that is read is from slot `low` to `high - 1`. */
  readonly low: number;
  readonly high: number;
}

/** One writer's array with them. */
export interface Folding {
  readonly list: GaugeSlots;
  readonly values: Float64Array;
}

export interface GaugeRun {
  readonly reducer: GaugeReducer;
  /** Whether the slot after a value says when it was set. */
  readonly keepsTime: boolean;
  readonly foldings: readonly Folding[];
  /** The family's values are `merged[begin]` to `merged[end - 1]`. */
  readonly begin: number;
  readonly end: number;
}

const SET = 1;
const MAX_PAIR_READS = 1000;
/** Set once, but nobody knows when: a writer died between the two stores. Older than all that is known. */
export const SET_AT_UNKNOWN_TIME = Number.MIN_VALUE;

/** Merges one family's gauges into zeros. Stops after every writer, as `addAll` does. */
export function* runGauges(
  merged: Float64Array,
  aux: Float64Array,
  { reducer, keepsTime, foldings, begin, end }: GaugeRun,
): Steps<void> {
  const { step, finish } = reducer;
  for (const {
    values,
    list: { from, to },
  } of foldings) {
    for (let i = 0; i < from.length; i++) {
      const slot = from[i] as number;
      if (keepsTime) stepTimed(step, merged, aux, to[i] as number, values, slot);
      else step(merged, aux, to[i] as number, values[slot] as number, SET);
    }
    yield;
  }
  if (finish !== undefined) for (let at = begin; at < end; at++) finish(merged, aux, at);
}

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
