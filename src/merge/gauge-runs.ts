import { copyPair } from '../fence.js';
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

/** What was read last of a gauge that keeps its time. */
const pair = new Float64Array(2);

/** Reads value and time where the writer sets them: a copy of many at once may part the two. */
function stepTimed(
  step: GaugeReducer['step'],
  merged: Float64Array,
  aux: Float64Array,
  at: number,
  input: Input,
  slot: number,
): void {
  const isWhole = copyPair(input.live, slot, pair, 0);
  const value = pair[0] as number;
  const time = pair[1] as number;
  input.correct(slot, value);
  if (isWhole) input.correct(slot + 1, time);
  step(merged, aux, at, value, isWhole ? time : SET_AT_UNKNOWN_TIME);
}
