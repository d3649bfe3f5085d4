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
  /** Whether the merged value is the plain sum wherever that is a number. */
  readonly adds?: boolean;
  readonly step: GaugeStep;
  /** Makes the last of the value when all writers are in. */
  readonly finish?: (merged: Float64Array, aux: Float64Array, at: number) => void;
  /**
   * What an archive keeps in the second slot, so that merging it with others gives what
   * merging all writers at once would; undefined where a block has one slot.
   */
  readonly keep?: (aux: number) => number;
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

/**
 * `aux`: how many numbers are in the sum, or -1 where there was only NaN. `weight` is how
 * many numbers `value` is the sum of: 1 from a writer, any number from an archive.
 */
const average: GaugeStep = (merged, aux, at, value, weight) => {
  const numbers = aux[at] as number;
  const found = rank(value, weight);
  if (found === NEVER_SET || (found === NOT_A_NUMBER && numbers > 0)) return;
  if (found === NOT_A_NUMBER) {
    merged[at] = value;
    aux[at] = -1;
    return;
  }
  merged[at] = numbers > 0 ? (merged[at] as number) + value : value;
  aux[at] = numbers > 0 ? numbers + weight : weight;
};

/** Every writer has a series of its own; of two of one name the last given counts. `aux`: when it was known to live. */
const each: GaugeStep = (merged, aux, at, value, aliveMs) => {
  merged[at] = value;
  aux[at] = aliveMs;
};

const keepWhetherSet = (rankOfMerged: number) => (rankOfMerged > NEVER_SET ? 1 : 0);

const sumReducer: GaugeReducer = { adds: true, step: sum };
const minReducer: GaugeReducer = { step: extreme(Math.min), keep: keepWhetherSet };
const maxReducer: GaugeReducer = { step: extreme(Math.max), keep: keepWhetherSet };
const recentReducer: GaugeReducer = { step: mostRecent, keep: (setMs) => setMs };
const eachReducer: GaugeReducer = { step: each, keep: (aliveMs) => aliveMs };
const averageReducer: GaugeReducer = {
  step: average,
  keep: Math.abs,
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

/** Modes that show every writer's series, told apart by the label `pid`: pids, or stable names. */
export function showsEachWriter(mode: GaugeMode): boolean {
  return mode === 'all' || mode === 'liveall';
}
