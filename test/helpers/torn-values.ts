// What the hunt for torn values writes, and how it reads it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type GaugeRun, runGauges, SET_AT_UNKNOWN_TIME } from '../../src/merge/gauge-runs.js';
import { Input } from '../../src/merge/inputs.js';
import type { StoredSeries } from '../../src/model/metric.js';
import { atOnce } from '../../src/steps.js';
import { Reader } from '../../src/store/reader.js';
import { type FileBackendName, loadBackend } from './backends.js';

/** Series get slots as they are first set, so values lie between pairs, and pairs across the ends of cache lines and pages. */
export const VALUES = 511;
export const PAIRS = 319;

/** Different numbers of which both halves have the same bits: no mix of two is one. */
export function agreeingValues(count: number): Float64Array {
  const values = new Float64Array(count);
  const halves = new Uint32Array(values.buffer);
  for (let i = 0; i < count; i++) halves.fill(0x3ff00000 + i * 0x3ff7, 2 * i, 2 * i + 2);
  return values;
}

/** What was read and what of it was wrong. */
export interface Catch {
  reads: number;
  /** Rounds that read something else than the round before. */
  changes: number;
  /** Pairs whose time stayed unknown, as the reader said. */
  unknownTimes: number;
  /** The first few, in words. */
  readonly wrong: string[];
}

const MAX_TOLD = 10;

/** A hunt that saw the writer move fewer times has hunted nothing. */
const MIN_CHANGES = 100;
/** Times `reads` after which a writer that does not move is given up. */
const MAX_ROUNDS_SHARE = 1000;

/**
 * Reads what the program `torn-values` writes into `dir` until `reads` slots were read
 * and the writer was seen to store all the while.
 */
export function hunt(
  dir: string,
  backend: FileBackendName,
  timeOrigin: number,
  reads: number,
): Catch {
  const [name, ...others] = readdirSync(dir).filter((file) => file.endsWith('.pmp'));
  if (name === undefined || others.length > 0) throw new Error(`not one file in ${dir}`);
  const reader = Reader.open(loadBackend(backend), join(dir, name));
  const result: Catch = { reads: 0, changes: 0, unknownTimes: 0, wrong: [] };
  const tell = (what: string) => {
    if (result.wrong.length < MAX_TOLD) result.wrong.push(what);
  };
  try {
    reader.update();
    const of = (metric: string) => reader.series.filter((s) => s.metric.name === metric);
    const inputs = new Map<Float64Array, Input>();
    const values = of('value').map(({ slot }) => placeOf(reader, slot, 1, inputs));
    if (values.length !== VALUES) throw new Error(`${values.length} values`);
    const one = new Float64Array(1);
    const halves = new Uint32Array(one.buffer);
    let newest = 0;
    const pairs = pairRun(reader, of('pair'), inputs, (value, setMs) => {
      if (setMs === SET_AT_UNKNOWN_TIME) result.unknownTimes++;
      else if (value === 0 || Math.round(setMs - timeOrigin) !== value) {
        tell(`value ${value} with time ${setMs - timeOrigin}`);
      }
      newest = Math.max(newest, value);
    });
    const none = new Float64Array(0);
    let seen = 0;
    // From the second run on a merge reads copies: all but the first of these.
    let run = 0;
    while (result.reads < reads || result.changes < MIN_CHANGES) {
      if (result.reads > reads * MAX_ROUNDS_SHARE) throw new Error('the writer stands still');
      reader.update();
      run++;
      for (const { input, index } of values) {
        input.take(run);
        one[0] = input.values[index] as number;
        if (halves[0] !== halves[1] || halves[0] === 0) tell(`halves ${halves}`);
      }
      atOnce(runGauges(none, none, pairs, run));
      result.reads += VALUES + 2 * PAIRS;
      if (newest !== seen) result.changes++;
      seen = newest;
    }
  } finally {
    reader.close();
  }
  return result;
}

/** A series' slots as a merge reads them. */
function placeOf(
  reader: Reader,
  slot: number,
  width: number,
  inputs: Map<Float64Array, Input>,
): { readonly input: Input; readonly index: number } {
  const { values, index } = reader.locate(slot);
  const input = inputs.get(values) ?? new Input(values, index, index + width);
  input.widen(index, index + width);
  inputs.set(values, input);
  return { input, index };
}

/** The merge's own reading of pairs, with `check` in the place of a mode. */
function pairRun(
  reader: Reader,
  series: readonly StoredSeries[],
  inputs: Map<Float64Array, Input>,
  check: (value: number, setMs: number) => void,
): GaugeRun {
  if (series.length !== PAIRS) throw new Error(`${series.length} pairs`);
  const foldings = series.map(({ slot }) => {
    const { input, index } = placeOf(reader, slot, 2, inputs);
    return { input, list: { from: Int32Array.of(index), to: Int32Array.of(0) } };
  });
  return {
    reducer: { step: (_merged, _aux, _at, value, setMs) => check(value, setMs) },
    keepsTime: true,
    foldings,
    begin: 0,
    end: 0,
  };
}
