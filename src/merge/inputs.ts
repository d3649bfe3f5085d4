import type { Steps } from '../steps.js';
import type { SumMemory } from './sum-memory.js';

/** Slots that are compared, or copied and added, between two steps: well below a millisecond's. */
export const SLOTS_PER_STEP = 64 * 1024;

/** The first run, which reads where the writers write: many collectors make one page and are gone. */
export const FIRST_RUN = 1;

/** The slots of one writer's array that a merge reads: `low` to `high - 1`. */
export class Input {
  /** Where the writer writes. Reading it is all that may be done with it. */
  readonly live: Float64Array;
  #low: number;
  #high: number;
  #values: Float64Array;
  #liveBytes: Uint8Array = NO_BYTES;
  #copyBytes: Uint8Array = NO_BYTES;
  #run = 0;

  constructor(live: Float64Array, low: number, high: number) {
    this.live = live;
    this.#low = low;
    this.#high = high;
    this.#values = live;
  }

  /** What the run takes for the values, under the indices of `live`: a copy from the second run on. */
  get values(): Float64Array {
    return this.#values;
  }

  /** To be called before the first run. */
  widen(low: number, high: number): void {
    this.#low = Math.min(this.#low, low);
    this.#high = Math.max(this.#high, high);
  }

  /** Whether any value is another than the last run took. False before there is a copy. */
  get isOther(): boolean {
    return Buffer.compare(this.#liveBytes, this.#copyBytes) !== 0;
  }

  /** Copies the values, once a run. Every number is copied whole: both sides are aligned to eight bytes. */
  take(run: number): void {
    if (run === this.#run) return;
    this.#run = run;
    if (run === FIRST_RUN) return;
    if (this.#values === this.live) this.#beginCopy(new Float64Array(this.#high));
    this.#copyBytes.set(this.#liveBytes);
  }

  /** Makes the copy say what was read of a slot after it was taken. */
  correct(slot: number, value: number): void {
    // Nobody may write where the writer does.
    if (this.#values !== this.live) this.#values[slot] = value;
  }

  /** Numbers that a copy takes: as many as make indices those of `live`. */
  get copyLength(): number {
    return this.#high;
  }

  /** To be called before the second run, if at all: the copy is to be there. */
  copyTo(memory: SumMemory): void {
    this.#beginCopy(memory.numbers(this.#high));
  }

  #beginCopy(copy: Float64Array): void {
    this.#values = copy;
    this.#liveBytes = bytesOf(this.live, this.#low, this.#high);
    this.#copyBytes = bytesOf(this.#values, this.#low, this.#high);
  }
}

const NO_BYTES = new Uint8Array(0);

function bytesOf({ buffer, byteOffset }: Float64Array, low: number, high: number): Uint8Array {
  const size = Float64Array.BYTES_PER_ELEMENT;
  return new Uint8Array(buffer, byteOffset + low * size, (high - low) * size);
}

/**
 * All that a merge reads. What a run merges is what it copied, so that the next one can
 * tell by comparing whether there is anything to merge: comparing is several times faster,
 * and what was not merged anew need not be printed anew.
 */
export class Inputs {
  readonly #byArray = new Map<Float64Array, Input>();
  #run = 0;

  /** The input for an array of which slots `low` to `high - 1` are read. */
  of(array: Float64Array, low: number, high: number): Input {
    const known = this.#byArray.get(array);
    if (known !== undefined) {
      known.widen(low, high);
      return known;
    }
    const input = new Input(array, low, high);
    this.#byArray.set(array, input);
    return input;
  }

  /** Numbers that each copy takes. */
  get copyLengths(): number[] {
    return [...this.#byArray.values()].map(({ copyLength }) => copyLength);
  }

  /** To be called before the second run, if at all: copies are to be there. */
  copyTo(memory: SumMemory): void {
    for (const input of this.#byArray.values()) input.copyTo(memory);
  }

  /**
   * The number of a run, for `take`, or undefined where nothing has changed since the last.
   * Stops whenever so many slots were compared that others may have waited for it.
   */
  *begin(): Steps<number | undefined> {
    if (this.#run > FIRST_RUN) {
      if (!(yield* this.#changed())) return undefined;
    }
    return ++this.#run;
  }

  *#changed(): Steps<boolean> {
    let compared = 0;
    for (const input of this.#byArray.values()) {
      if (input.isOther) return true;
      compared += input.copyLength;
      if (compared < SLOTS_PER_STEP) continue;
      compared = 0;
      yield;
    }
    return false;
  }
}
