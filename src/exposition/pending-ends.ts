import { MAX_NUMBER_BYTES, writeNumber } from './number-bytes.js';
import type { Shifts } from './shifts.js';

/** Ends for which room is kept from page to page: those of thousands of histograms. */
const KEPT_ENDS = 16 * 1024;
const FIRST_ENDS = 256;

/** Ends of lines that are longer or shorter than those that the lines have yet. */
export class PendingEnds {
  count = 0;
  /** By how many bytes they are longer, together. */
  growth = 0;
  lines = new Uint32Array(0);
  lengths = new Uint16Array(0);
  /** Room for the moves that they make necessary. */
  readonly shifts = {
    count: 0,
    begins: new Uint32Array(0),
    ends: new Uint32Array(0),
    by: new Int32Array(0),
  } satisfies Shifts;
  /** Where each begins in `#text`, one behind the other. */
  #begins = new Uint32Array(0);
  #text = Buffer.alloc(0);
  #used = 0;

  /** Writes a number; how many bytes it takes. `keep` or `copyLast` says what becomes of it. */
  number(value: number): number {
    this.#makeRoom(MAX_NUMBER_BYTES);
    return writeNumber(this.#text, this.#used, value);
  }

  /** The same with any text. */
  text(end: string): number {
    const bytes = Buffer.byteLength(end);
    this.#makeRoom(bytes);
    return this.#text.write(end, this.#used);
  }

  /** Copies what was written last, as the end of a line that is as long. */
  copyLast(target: Buffer, at: number, length: number): void {
    copy(this.#text, this.#used, target, at, length);
  }

  /** Keeps what was written last, as the end of a line that becomes longer by so many bytes. */
  keep(line: number, length: number, growth: number): void {
    if (this.count === this.lines.length) this.#resize(Math.max(FIRST_ENDS, 2 * this.count));
    this.lines[this.count] = line;
    this.lengths[this.count] = length;
    this.#begins[this.count++] = this.#used;
    this.shifts.count = this.count;
    this.#used += length;
    this.growth += growth;
  }

  /** Copies one that was kept. */
  copyTo(target: Buffer, at: number, number: number): void {
    const length = this.lengths[number] as number;
    copy(this.#text, this.#begins[number] as number, target, at, length);
  }

  clear(): void {
    this.count = 0;
    this.growth = 0;
    this.#used = 0;
    this.shifts.count = 0;
    if (this.lines.length <= KEPT_ENDS) return;
    this.#resize(0);
    this.#text = Buffer.alloc(0);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#text.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_ENDS * MAX_NUMBER_BYTES, 2 * needed));
    this.#text.copy(larger, 0, 0, this.#used);
    this.#text = larger;
  }

  #resize(size: number): void {
    this.lines = resized(this.lines, new Uint32Array(size));
    this.lengths = resized(this.lengths, new Uint16Array(size));
    this.#begins = resized(this.#begins, new Uint32Array(size));
    this.shifts.begins = new Uint32Array(size);
    this.shifts.ends = new Uint32Array(size);
    this.shifts.by = new Int32Array(size);
  }
}

/** Byte by byte: most are shorter than what a call takes that copies many. */
function copy(from: Buffer, begin: number, to: Buffer, at: number, length: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[begin + i] as number;
}

function resized<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}
