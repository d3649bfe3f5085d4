import { FLUSH_WAIT_MS, MAX_FLUSH_ATTEMPTS } from '../limits.js';
import type { FileCopy, ReadInto } from './mapping.js';

/**
 * A copy of a file that the file backend writes: every reading of it lies between two
 * flushes, so that it shows all of a flush or nothing.
 */
export class FlushedCopy implements FileCopy {
  readonly #read: ReadInto;
  readonly #sequenceAt: number;
  readonly #headerBytes: number;
  readonly #word = new Uint32Array(1);
  readonly #wordBytes = new Uint8Array(this.#word.buffer);
  readonly #extents = new Map<number, Uint8Array>();
  /** The header in the copy, and the sequence word in it. */
  #header: { readonly bytes: Uint8Array; readonly sequence: Uint32Array } | undefined;
  /** The odd number that was waited for in vain: its writer died in a flush, or is stopped. */
  #stuckAt: number | undefined;

  /** The number at the last reading, if that was settled. */
  #asOf: number | undefined;
  #unsettled = false;

  constructor(read: ReadInto, sequenceAt: number, headerBytes: number) {
    this.#read = read;
    this.#headerBytes = headerBytes;
    this.#sequenceAt = sequenceAt;
  }

  get unsettled(): boolean {
    return this.#unsettled;
  }

  map(offset: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    this.#extents.set(offset, bytes);
    if (offset === 0) {
      const sequence = new Uint32Array(bytes.buffer, this.#sequenceAt, 1);
      this.#header = { bytes: bytes.subarray(0, this.#headerBytes), sequence };
    }
    const known = this.#asOf;
    this.#between(() => this.#read(bytes, offset));
    // There was a flush since the others were read: they are to be of one flush.
    if (known !== undefined && this.#asOf !== known) this.refresh();
    return bytes.buffer;
  }

  pair(): void {}

  refresh(): void {
    this.#unsettled = false;
    const sequence = this.#readHeader();
    if (sequence === this.#asOf && sequence % 2 === 0) return;
    this.#between(() => {
      for (const [offset, bytes] of this.#extents) this.#read(bytes, offset);
    }, sequence);
  }

  /** Reads the header, where others leave their marks also between two flushes; the number in it. */
  #readHeader(): number {
    const header = this.#header;
    if (header === undefined) return this.#readSequence();
    this.#read(header.bytes, 0);
    return header.sequence[0] as number;
  }

  /** @param sequence the number now, where it was read already */
  #between(read: () => void, sequence = this.#readSequence()): void {
    const settledAt = this.#readSettled(read, sequence);
    if (settledAt === undefined) this.#unsettled = true;
    this.#asOf = this.#unsettled ? undefined : settledAt;
  }

  /**
   * Reads until no flush began or ended meanwhile; the number then. A writer that died
   * inside a flush leaves the word odd for ever: then what is there is what there will be.
   * Undefined where its writer flushes all the time, or went on.
   */
  #readSettled(read: () => void, sequence: number): number | undefined {
    let before = sequence;
    for (let attempt = 0; attempt < MAX_FLUSH_ATTEMPTS; attempt++) {
      if (before === this.#stuckAt) break;
      if (before % 2 === 1) pause(FLUSH_WAIT_MS);
      else read();
      const after = this.#readSequence();
      if (after === before && after % 2 === 0) return after;
      before = after;
    }
    this.#stuckAt = before % 2 === 1 ? before : undefined;
    read();
    return this.#readSequence() === before ? before : undefined;
  }

  #readSequence(): number {
    this.#read(this.#wordBytes, this.#sequenceAt);
    return this.#word[0] as number;
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function pause(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
