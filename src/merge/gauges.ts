import type { GaugeMode } from '../model/metric.js';

/**
 * Takes one writer's value into the merged one. `merged[at]` begins as 0 and `aux[at]`,
 * which each mode uses in its own way, as 0. `setMs` is 0 where the writer never set
 * the gauge, and anything else where it did.
 */
export type GaugeStep = (
  merged: Float64Array,
  aux: Float64Array,
  at: number,
  value: number,
  setMs: number,
) => void;

export interface GaugeReducer {
  readonly step: GaugeStep;
  /** Makes the last of the value when all writers are in. */
  readonly finish?: (merged: Float64Array, aux: Float64Array, at: number) => void;
}

/** Ranks of what a writer can give: a lower one counts only where there is no higher. */
const NEVER_SET = 1;
const NOT_A_NUMBER = 2;
const NUMBER = 3;

function rank(value: number, setMs: number): number {
  if (setMs === 0) return NEVER_SET;
  return Number.isNaN(value) ? NOT_A_NUMBER : NUMBER;
}

/** `aux`: how many numbers are in the sum. */
const sum: GaugeStep = (merged, aux, at, value) => {
  const numbers = aux[at] as number;
  if (Number.isNaN(value)) {
    if (numbers === 0) merged[at] = value;
    return;
  }
  merged[at] = numbers === 0 ? value : (merged[at] as number) + value;
  aux[at] = numbers + 1;
};

/** `aux`: the rank of the merged value. */
function extreme(pick: (a: number, b: number) => number): GaugeStep {
  return (merged, aux, at, value, setMs) => {
    const found = rank(value, setMs);
    const best = aux[at] as number;
    if (found < best) return;
    if (found > best) {
      merged[at] = value;
      aux[at] = found;
    } else if (found === NUMBER) {
      merged[at] = pick(merged[at] as number, value);
    }
  };
}

/** `aux`: when the merged value was set. */
const mostRecent: GaugeStep = (merged, aux, at, value, setMs) => {
  if (setMs === 0) return;
  const best = aux[at] as number;
  const haveNumber = best !== 0 && !Number.isNaN(merged[at] as number);
  const isNumber = !Number.isNaN(value);
  if (haveNumber !== isNumber ? isNumber : setMs >= best) {
    merged[at] = value;
    aux[at] = setMs;
  }
};

/** `aux`: how many numbers are in the sum, or -1 where there was only NaN. */
const average: GaugeStep = (merged, aux, at, value, setMs) => {
  const numbers = aux[at] as number;
  const found = rank(value, setMs);
  if (found === NEVER_SET || (found === NOT_A_NUMBER && numbers > 0)) return;
  if (found === NOT_A_NUMBER) {
    merged[at] = value;
    aux[at] = -1;
    return;
  }
  merged[at] = numbers > 0 ? (merged[at] as number) + value : value;
  aux[at] = numbers > 0 ? numbers + 1 : 1;
};

/** Every writer has a series of its own; of two with one name the later counts. */
const each: GaugeStep = (merged, _aux, at, value) => {
  merged[at] = value;
};

const sumReducer: GaugeReducer = { step: sum };
const minReducer: GaugeReducer = { step: extreme(Math.min) };
const maxReducer: GaugeReducer = { step: extreme(Math.max) };
const recentReducer: GaugeReducer = { step: mostRecent };
const eachReducer: GaugeReducer = { step: each };
const averageReducer: GaugeReducer = {
  step: average,
  finish(merged, aux, at) {
    const numbers = aux[at] as number;
    if (numbers > 1) merged[at] = (merged[at] as number) / numbers;
  },
};

/**
 * How each mode merges. Python's modes have Python's meaning, with two differences: a
 * gauge that was never set in a process takes no part where another process has set
 * it, and NaN takes part only where there is no number.
 */
export const GAUGE_REDUCERS: Readonly<Record<Exclude<GaugeMode, 'omit'>, GaugeReducer>> = {
  all: eachReducer,
  liveall: eachReducer,
  sum: sumReducer,
  livesum: sumReducer,
  min: minReducer,
  livemin: minReducer,
  max: maxReducer,
  livemax: maxReducer,
  mostrecent: recentReducer,
  livemostrecent: recentReducer,
  average: averageReducer,
  liveaverage: averageReducer,
};

/** Modes in which only live writers take part. */
export function isLiveMode(mode: GaugeMode): boolean {
  return mode.startsWith('live');
}

/** Modes that show every writer's series, told apart by the label `pid`. */
export function showsEachWriter(mode: GaugeMode): boolean {
  return mode === 'all' || mode === 'liveall';
}
