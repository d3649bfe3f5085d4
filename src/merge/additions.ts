/**
 * Sums of many writers' slots, as plain loops over arrays that were laid out when the set
 * of files or series last changed. This is where a scrape spends its time.
 */

import type { Steps } from '../steps.js';
import { FIRST_RUN, type Input, SLOTS_PER_STEP } from './inputs.js';
import { type Four, type SumMemory, TOGETHER } from './sum-memory.js';

/** Slots of an array, and the merged slots to which they are added. */
export interface SlotMap {
  /** Each of so few slots that adding them keeps nobody waiting. */
  readonly pieces: readonly MapPiece[];
  /** All its slots are from `low` to `high - 1`. */
  readonly low: number;
  readonly high: number;
}

interface MapPiece {
  /** Triples of first slot, first merged slot and length, where most runs are long; else empty. */
  readonly runs: Int32Array;
  /** Pairs of slot and merged slot, where there are no runs. */
  readonly pairs: Int32Array;
}

/** The same slots of many writers. */
export interface Addition {
  readonly map: SlotMap;
  readonly inputs: readonly Input[];
}

/** Runs that are shorter on average are slower than the pairs that they stand for. */
const MIN_MEAN_RUN = 4;

/** Shorter runs are slower there than where they are. */
const MIN_RUN_IN_MEMORY = 32;

/** Slots of each of four writers that are added between two steps: well below a millisecond's. */
const SLOTS_PER_PIECE = 64 * 1024;

/** Collects slots and the merged slots that they go to. */
export class SlotMapBuilder {
  readonly #pieces: MapPiece[] = [];
  /** Of the piece that is being made. */
  #runs: number[] = [];
  #slots = 0;
  #low = Number.POSITIVE_INFINITY;
  #high = 0;

  /** Slots `from` on go to merged slots `to` on. */
  add(from: number, to: number, length: number): void {
    if (this.#slots >= SLOTS_PER_PIECE) this.#endPiece();
    const runs = this.#runs;
    const last = runs.length - 3;
    this.#slots += length;
    this.#low = Math.min(this.#low, from);
    this.#high = Math.max(this.#high, from + length);
    if (last >= 0) {
      const before = runs[last + 2] as number;
      if (runs[last] === from - before && runs[last + 1] === to - before) {
        runs[last + 2] = before + length;
        return;
      }
    }
    runs.push(from, to, length);
  }

  build(): SlotMap {
    this.#endPiece();
    return { pieces: this.#pieces, low: this.#low, high: this.#high };
  }

  #endPiece(): void {
    const runs = Int32Array.from(this.#runs);
    const long = this.#slots >= (runs.length / 3) * MIN_MEAN_RUN;
    this.#pieces.push(
      long ? { runs, pairs: NONE } : { runs: NONE, pairs: pairsOf(runs, this.#slots) },
    );
    this.#runs = [];
    this.#slots = 0;
  }
}

const NONE = new Int32Array(0);

function pairsOf(runs: Int32Array, slots: number): Int32Array {
  const pairs = new Int32Array(slots * 2);
  let at = 0;
  for (let run = 0; run < runs.length; run += 3) {
    for (let i = 0; i < (runs[run + 2] as number); i++) {
      pairs[at++] = (runs[run] as number) + i;
      pairs[at++] = (runs[run + 1] as number) + i;
    }
  }
  return pairs;
}

/**
 * Adds in twice the precision of a float64, so that the order of writers makes no
 * difference: it changes when dead ones go into the archive, and a sum that comes out one
 * bit lower is a counter's restart to Prometheus. `rest`, zeros at first, takes what does
 * not fit into `merged`: see `settle`. TwoSum: Knuth, The Art of Computer Programming 2, 4.2.2.
 *
 * Takes each few inputs just before they are added, while they are in the processor's
 * cache, and stops after them or a part of them, for whoever must not keep the event loop
 * waiting. Where a `memory` is given, all arrays are of it, but for the writers' own.
 */
export function* addAll(
  merged: Float64Array,
  rest: Float64Array,
  { map, inputs }: Addition,
  run: number,
  memory?: SumMemory,
): Steps<void> {
  // Of one piece; of all together it is a little more where there are gaps.
  const slots = (map.high - map.low) / map.pieces.length;
  let done = 0;
  for (let first = 0; first < inputs.length; first += TOGETHER) {
    const few = inputs.slice(first, first + TOGETHER);
    for (const input of few) {
      input.take(run);
      if (map.pieces.length > 1) yield;
    }
    const values = few.map((input, i) =>
      run === FIRST_RUN && memory !== undefined
        ? memory.copyOf(input.live, map.low, map.high, i)
        : input.values,
    );
    for (const piece of map.pieces) {
      if (isFour(values)) addFour(merged, rest, piece, values, memory);
      else for (const array of values) addOne(merged, rest, piece, array);
      done += few.length * slots;
      if (done < SLOTS_PER_STEP) continue;
      done = 0;
      yield;
    }
  }
  yield;
}

function isFour(arrays: readonly Float64Array[]): arrays is Four {
  return arrays.length === TOGETHER;
}

/** Four arrays at a time: each merged slot is read and written once for them. */
function addFour(
  merged: Float64Array,
  rest: Float64Array,
  { runs, pairs }: MapPiece,
  four: Four,
  memory: SumMemory | undefined,
): void {
  const [a, b, c, d] = four;
  for (let run = 0; run < runs.length; run += 3) {
    const from = runs[run] as number;
    const to = runs[run + 1] as number;
    const length = runs[run + 2] as number;
    let i = 0;
    if (memory !== undefined && length >= MIN_RUN_IN_MEMORY) {
      i = memory.addFour(merged, rest, to, four, from, length);
    }
    for (; i < length; i++) addFourAt(merged, rest, to + i, a, b, c, d, from + i);
  }
  for (let i = 0; i < pairs.length; i += 2) {
    addFourAt(merged, rest, pairs[i + 1] as number, a, b, c, d, pairs[i] as number);
  }
}

function addFourAt(
  merged: Float64Array,
  rest: Float64Array,
  at: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  slot: number,
): void {
  let sum = merged[at] as number;
  let small = rest[at] as number;
  let value = a[slot] as number;
  let next = sum + value;
  let added = next - sum;
  small += sum - (next - added) + (value - added);
  sum = next;
  value = b[slot] as number;
  next = sum + value;
  added = next - sum;
  small += sum - (next - added) + (value - added);
  sum = next;
  value = c[slot] as number;
  next = sum + value;
  added = next - sum;
  small += sum - (next - added) + (value - added);
  sum = next;
  value = d[slot] as number;
  next = sum + value;
  added = next - sum;
  small += sum - (next - added) + (value - added);
  merged[at] = next;
  rest[at] = small;
}

function addOne(
  merged: Float64Array,
  rest: Float64Array,
  { runs, pairs }: MapPiece,
  array: Float64Array,
): void {
  for (let run = 0; run < runs.length; run += 3) {
    const from = runs[run] as number;
    const to = runs[run + 1] as number;
    const length = runs[run + 2] as number;
    for (let i = 0; i < length; i++) addExactly(merged, rest, to + i, array[from + i] as number);
  }
  for (let i = 0; i < pairs.length; i += 2) {
    addExactly(merged, rest, pairs[i + 1] as number, array[pairs[i] as number] as number);
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

/** Brings sums of twice the precision to one number each, from `begin` to `end - 1`. */
export function settle(
  merged: Float64Array,
  rest: Float64Array,
  begin: number,
  end: number,
  memory?: SumMemory,
): void {
  let at = begin;
  if (memory !== undefined) at += memory.settle(merged, rest, begin, end - begin);
  for (; at < end; at++) {
    const small = rest[at] as number;
    // Not a number where the sum is infinite or none itself.
    if (Number.isFinite(small)) merged[at] = (merged[at] as number) + small;
  }
}
