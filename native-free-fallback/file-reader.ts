import { FLUSH_WAIT_MS, MAX_FLUSH_ATTEMPTS } from '../src/limits.js';
import { closeOnce, inodeOf, openFile, readAt, sizeOf } from '../src/mapping/descriptor.js';
import type { LockState, ReadableMapping } from '../src/mapping/mapping.js';

/** See `fileBackend`. */
export function openReadable(path: string, flushSequenceAt: number): ReadableMapping {
  return new FileReader(path, flushSequenceAt);
}

class FileReader implements ReadableMapping {
  readonly path: string;
  readonly inode: number;
  readonly #fd: number;
  readonly #closeFile: () => void;
  readonly #sequenceAt: number;
  readonly #sequence = new Uint32Array(1);
  readonly #extents = new Map<number, Uint8Array>();
  /** The odd number that was waited for in vain: its writer died in a flush, or is stopped. */
  #stuckAt: number | undefined;

  constructor(path: string, sequenceAt: number) {
    this.path = path;
    this.#sequenceAt = sequenceAt;
    this.#fd = openFile(path);
    this.#closeFile = closeOnce(this.#fd);
    this.inode = inodeOf(this.#fd);
  }

  size(): number {
    return sizeOf(this.#fd);
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readAt(this.#fd, this.path, bytes, offset));
  }

  map(offset: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    this.#extents.set(offset, bytes);
    this.#between(() => this.#readExtent(offset, bytes));
    return bytes.buffer;
  }

  refresh(): void {
    this.#between(() => {
      for (const [offset, bytes] of this.#extents) this.#readExtent(offset, bytes);
    });
  }

  probeLock(): LockState {
    return 'unknown';
  }

  close(): void {
    this.#closeFile();
  }

  /**
   * Reads until no flush began or ended meanwhile. A writer that died inside a flush
   * leaves the word odd for ever: then what is there is what there will be.
   */
  #between(read: () => void): void {
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
    const last = this.#sequence[0] as number;
    this.#stuckAt = last % 2 === 1 ? last : undefined;
    read();
  }

  #readExtent(offset: number, bytes: Uint8Array): void {
    const read = readAt(this.#fd, this.path, bytes, offset);
    bytes.fill(0, read);
  }

  #readSequence(): number {
    readAt(this.#fd, this.path, new Uint8Array(this.#sequence.buffer), this.#sequenceAt);
    return this.#sequence[0] as number;
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function pause(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
