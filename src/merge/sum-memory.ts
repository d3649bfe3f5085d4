import { code } from '#sums';
import { MIN_SLOTS_IN_MEMORY } from '../limits.js';

/** Bytes of a page of WebAssembly's. */
const PAGE_BYTES = 64 * 1024;
/** Pages that its 32 bits can address. */
const MAX_PAGES = 64 * 1024;
/** Arrays that are added together: fewer are added without. */
export const TOGETHER = 4;
const SLOT_BYTES = Float64Array.BYTES_PER_ELEMENT;

export type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** Functions of sums.wat: arrays by the bytes at which they begin, and an even number of slots. */
interface Sums {
  readonly addFour: (
    sums: number,
    rests: number,
    a: number,
    b: number,
    c: number,
    d: number,
    slots: number,
  ) => void;
  readonly settle: (sums: number, rests: number, slots: number) => void;
}

/**
 * Memory for arrays that are added by the processor's instructions for two numbers at once,
 * which JavaScript has no other way to than WebAssembly: this takes half the time, and in a
 * process that has just begun, whose loops are not compiled yet, a tenth.
 *
 * V8 reserves some gigabytes of addresses for each, without memory behind them.
 */
export class SumMemory {
  readonly #buffer: ArrayBuffer;
  readonly #functions: Sums;
  /** Numbers of the longest copy. */
  readonly #longest: number;
  #usedBytes = 0;

  /**
   * Room for copies of these lengths, and for so many other numbers. Undefined where there
   * is little to copy, or from few, and where the host has no WebAssembly or no such instructions.
   */
  static of(copies: readonly number[], others: number): SumMemory | undefined {
    let copied = 0;
    let longest = 0;
    for (const length of copies) {
      copied += length;
      longest = Math.max(longest, length);
    }
    if (copied < MIN_SLOTS_IN_MEMORY || copies.length < TOGETHER) return undefined;
    const slots = Math.max(copied, TOGETHER * longest) + others;
    const pages = Math.ceil((slots * SLOT_BYTES) / PAGE_BYTES);
    const module = pages > MAX_PAGES ? undefined : compiled();
    if (module === undefined) return undefined;
    try {
      return new SumMemory(module, pages, longest);
    } catch (error) {
      // No addresses left, or a limit on them. V8 collects garbage before it gives up, so it is
      // not to be asked again and again.
      if (!(error instanceof RangeError)) throw error;
      known = null;
      return undefined;
    }
  }

  private constructor(module: WebAssembly.Module, pages: number, longest: number) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(module, { sums: { memory } });
    this.#buffer = memory.buffer;
    this.#functions = exports as unknown as Sums;
    this.#longest = longest;
  }

  /** Numbers that nobody else has: zeros, unless `copyOf` had them. */
  numbers(length: number): Float64Array {
    const numbers = new Float64Array(this.#buffer, this.#usedBytes, length);
    this.#usedBytes += numbers.byteLength;
    return numbers;
  }

  /**
   * A copy of slots `low` to `high - 1`, under the same indices, until the next for the same
   * of `TOGETHER` numbers `at`, or until `numbers` is called.
   */
  copyOf(live: Float64Array, low: number, high: number, at: number): Float64Array {
    const begin = this.#usedBytes + at * this.#longest * SLOT_BYTES;
    const copy = new Float64Array(this.#buffer, begin, high);
    copy.set(live.subarray(low, high), low);
    return copy;
  }

  /**
   * Adds slots `from` on of four arrays to sums `to` on. All arrays are of this memory.
   * Returns how many it did: all, or all but one.
   */
  addFour(
    sums: Float64Array,
    rests: Float64Array,
    to: number,
    four: Four,
    from: number,
    length: number,
  ): number {
    const [a, b, c, d] = four;
    const slots = length & ~1;
    const toByte = to * SLOT_BYTES;
    const fromByte = from * SLOT_BYTES;
    this.#functions.addFour(
      sums.byteOffset + toByte,
      rests.byteOffset + toByte,
      a.byteOffset + fromByte,
      b.byteOffset + fromByte,
      c.byteOffset + fromByte,
      d.byteOffset + fromByte,
      slots,
    );
    return slots;
  }

  /** Settles sums `begin` on: see `settle` in additions.ts. Returns how many: all, or all but one. */
  settle(sums: Float64Array, rests: Float64Array, begin: number, length: number): number {
    const slots = length & ~1;
    const at = begin * SLOT_BYTES;
    this.#functions.settle(sums.byteOffset + at, rests.byteOffset + at, slots);
    return slots;
  }
}

/** The functions, null where they cannot be had. */
let known: WebAssembly.Module | null | undefined;

function compiled(): WebAssembly.Module | undefined {
  if (known === undefined) known = compile();
  return known ?? undefined;
}

function compile(): WebAssembly.Module | null {
  // Node.js has none where it may compile nothing (--jitless).
  if (typeof WebAssembly === 'undefined') return null;
  try {
    return new WebAssembly.Module(Buffer.from(code, 'base64'));
  } catch {
    // A processor without these instructions, or a host that allows no code: sums are made without.
    return null;
  }
}
