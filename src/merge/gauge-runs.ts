import { fence } from '../fence.js';
import type { Steps } from '../steps.js';
import type { GaugeReducer } from './gauges.js';
import type { Input } from './inputs.js';

/** Gauges of one family: what is in slot `from[i]` goes into `merged[to[i]]`. */
export interface GaugeSlots {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** One writer with them. */
export interface Folding {
  readonly list: GaugeSlots;
  readonly input: Input;
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

/** Merges one family's gauges into zeros. Stops after every writer, as `addAll` does after a few. */
export function* runGauges(
  merged: Float64Array,
  aux: Float64Array,
  { reducer, keepsTime, foldings, begin, end }: GaugeRun,
  run: number,
): Steps<void> {
  const { step, finish } = reducer;
  for (const {
    input,
    list: { from, to },
  } of foldings) {
    input.take(run);
    const { values } = input;
    for (let i = 0; i < from.length; i++) {
      const slot = from[i] as number;
      if (keepsTime) stepTimed(step, merged, aux, to[i] as number, input, slot);
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
  input: Input,
  slot: number,
): void {
  const { live } = input;
  for (let reads = 0; reads < MAX_PAIR_READS; reads++) {
    const before = live[slot + 1] as number;
    fence();
    const value = live[slot] as number;
    fence();
    if (live[slot + 1] === before) {
      input.correct(slot, value);
      input.correct(slot + 1, before);
      step(merged, aux, at, value, before);
      return;
    }
  }
  const value = live[slot] as number;
  input.correct(slot, value);
  step(merged, aux, at, value, SET_AT_UNKNOWN_TIME);
}
