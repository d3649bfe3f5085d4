import { code } from '#add-four';

/** Bytes of a page of WebAssembly's. */
const PAGE_BYTES = 64 * 1024;
/** Pages that its 32 bits can address. */
const MAX_PAGES = 64 * 1024;
const SLOT_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Six arrays of one memory, by the bytes at which they begin, and an even number of slots. */
type AddFour = (
  sums: number,
  rests: number,
  a: number,
  b: number,
  c: number,
  d: number,
  slots: number,
) => void;

/**
 * Memory for arrays that are added by the processor's instructions for two numbers at once,
 * which JavaScript has no other way to than WebAssembly: this takes half the time.
 *
 * V8 reserves some gigabytes of addresses for each, without memory behind them.
 */
export class SumMemory {
  readonly #buffer: ArrayBuffer;
  readonly #addFour: AddFour;
  #usedBytes = 0;

  /** Room for so many numbers in all, or undefined where the host has no WebAssembly, or no such instructions. */
  static of(slots: number): SumMemory | undefined {
    const module = compiled();
    const pages = Math.ceil((slots * SLOT_BYTES) / PAGE_BYTES);
    if (module === undefined || pages > MAX_PAGES) return undefined;
    try {
      return new SumMemory(module, pages);
    } catch (error) {
      // No addresses left, or a limit on them.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private constructor(module: WebAssembly.Module, pages: number) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(module, { sums: { memory } });
    this.#buffer = memory.buffer;
    this.#addFour = exports.addFour as AddFour;
  }

  /** Zeros that nobody else has. */
  numbers(length: number): Float64Array {
    const numbers = new Float64Array(this.#buffer, this.#usedBytes, length);
    this.#usedBytes += numbers.byteLength;
    return numbers;
  }

  /**
   * Adds slots `from` on of four arrays to sums `to` on. All arrays are of this memory.
   * Returns how many it did: all, or all but one.
   */
  addFour(
    sums: Float64Array,
    rests: Float64Array,
    to: number,
    four: readonly [Float64Array, Float64Array, Float64Array, Float64Array],
    from: number,
    length: number,
  ): number {
    const [a, b, c, d] = four;
    const slots = length & ~1;
    const toByte = to * SLOT_BYTES;
    const fromByte = from * SLOT_BYTES;
    this.#addFour(
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
}

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
