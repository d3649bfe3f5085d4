import { FLUSH_WAIT_MS, MAX_FLUSH_ATTEMPTS } from '../limits.js';
import type { FileCopy, ReadInto } from './mapping.js';

/**
 * A copy of a file that the file backend writes: every reading of it lies between two
 * flushes, so that it shows all of a flush or nothing.
 */
export class FlushedCopy implements FileCopy {
  readonly #read: ReadInto;
  readonly #sequenceAt: number;
  readonly #header: Uint8Array;
  readonly #word = new Uint32Array(1);
  readonly #extents = new Map<number, Uint8Array>();
  /** The odd number that was waited for in vain: its writer died in a flush, or is stopped. */
  #stuckAt: number | undefined;

  /** The number at the last reading, if that was settled. */
  #asOf: number | undefined;
  #unsettled = false;

  constructor(read: ReadInto, sequenceAt: number, headerBytes: number) {
    this.#read = read;
    this.#header = new Uint8Array(headerBytes);
    this.#sequenceAt = sequenceAt;
  }

  get unsettled(): boolean {
    return this.#unsettled;
  }

  map(offset: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    this.#extents.set(offset, bytes);
    const known = this.#asOf;
    this.#between(() => this.#read(bytes, offset));
    // There was a flush since the others were read: they are to be of one flush.
    if (known !== undefined && this.#asOf !== known) this.refresh();
    return bytes.buffer;
  }

  pair(): void {}

  refresh(): void {
    this.#unsettled = false;
    if (this.#refreshHeader()) return;
    this.#between(() => {
      for (const [offset, bytes] of this.#extents) this.#read(bytes, offset);
    });
  }

  /** Reads the header alone, where others leave their marks; true when there was no flush since all was read. */
  #refreshHeader(): boolean {
    const first = this.#extents.get(0);
    if (first === undefined || this.#asOf === undefined || this.#asOf % 2 === 1) return false;
    this.#read(this.#header, 0);
    const view = new DataView(this.#header.buffer);
    if (view.getUint32(this.#sequenceAt, true) !== this.#asOf) return false;
    first.set(this.#header);
    return true;
  }

  /**
   * Reads until no flush began or ended meanwhile. A writer that died inside a flush
   * leaves the word odd for ever: then what is there is what there will be.
   */
  #between(read: () => void): void {
    this.#tryBetween(read);
    this.#asOf = this.#unsettled ? undefined : this.#word[0];
  }

  #tryBetween(read: () => void): void {
    for (let attempt = 0; attempt < MAX_FLUSH_ATTEMPTS; attempt++) {
      const before = this.#readSequence();
      if (before === this.#stuckAt) break;
      if (before % 2 === 1) {
        pause(FLUSH_WAIT_MS);
        continue;
      }
      read();
      if (this.#readSequence() === before) return;
    }
    const last = this.#word[0] as number;
    this.#stuckAt = last % 2 === 1 ? last : undefined;
    read();
    // Its writer flushes all the time, or went on.
    if (this.#readSequence() !== last) this.#unsettled = true;
  }

  #readSequence(): number {
    this.#read(new Uint8Array(this.#word.buffer), this.#sequenceAt);
    return this.#word[0] as number;
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function pause(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
