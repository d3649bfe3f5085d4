import type { ReadableMapping } from '../../src/mapping/mapping.js';

/** A reading that no reader has a reason for: outside of the file, or larger than it. */
export class OutOfBounds extends Error {
  override name = 'OutOfBounds';
}

/** Header-sized readings may ask for more than a cut-off file has. */
const MIN_READ_BYTES = 64 * 1024;

/**
 * A file in memory that is changed in place and brought back, so that a changed file costs
 * what was changed of it. Its readers see each change at once, as those of mapped memory do.
 */
export class MutableFile {
  readonly path: string;
  readonly #bytes: Uint8Array;
  readonly #extents: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  readonly #undo: { readonly at: number; readonly value: number }[] = [];
  #size: number;
  #keptExtents = Number.POSITIVE_INFINITY;

  constructor(path: string, original: Uint8Array) {
    this.path = path;
    this.#bytes = original.slice();
    this.#size = original.length;
  }

  /** Bytes of the whole file. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Bytes of the file as it is now. */
  get size(): number {
    return this.#size;
  }

  byteAt(at: number): number {
    return this.#bytes[at] as number;
  }

  set(at: number, value: number): void {
    if (at >= this.#bytes.length) return;
    this.#undo.push({ at, value: this.byteAt(at) });
    this.#store(at, value);
  }

  truncate(size: number): void {
    this.#size = size;
  }

  /** Takes back all changes. */
  restore(): void {
    for (let change = this.#undo.pop(); change !== undefined; change = this.#undo.pop()) {
      this.#store(change.at, change.value);
    }
    this.#size = this.#bytes.length;
    // Those that only a changed table of chunks asked for.
    this.#extents.length = Math.min(this.#extents.length, this.#keptExtents);
  }

  /** Says that all extents that readers of the original map are mapped. */
  keepExtents(): void {
    this.#keptExtents = this.#extents.length;
  }

  /** Whether the bytes, in every place where they are kept, are these. */
  holds(original: Uint8Array): boolean {
    const all = [{ offset: 0, bytes: this.#bytes }, ...this.#extents];
    return all.every(({ offset, bytes }) => {
      return Buffer.compare(bytes, original.subarray(offset, offset + bytes.length)) === 0;
    });
  }

  open(): ReadableMapping {
    const requireInside = (offset: number, length: number, limit: number): void => {
      if (offset >= 0 && length >= 0 && length <= limit) return;
      throw new OutOfBounds(`${length} bytes at ${offset} of a file of ${this.#size}`);
    };
    return {
      path: this.path,
      inode: 1,
      size: () => this.#size,
      reaches: (end) => this.#size >= end,
      openedSize: this.#size,
      unsettled: false,
      read: (target, offset) => {
        requireInside(offset, target.length, Math.max(MIN_READ_BYTES, this.#size));
        const part = this.#bytes.subarray(offset, Math.min(offset + target.length, this.#size));
        target.set(part);
        return part.length;
      },
      follow() {},
      map: (offset, length) => {
        requireInside(offset, length, this.#size - offset);
        return this.#extent(offset, length).buffer as ArrayBuffer;
      },
      pair: (offsets) => {
        for (const offset of offsets) requireInside(offset, 16, this.#size - offset);
      },
      refresh() {},
      probeLock: () => 'unknown',
      close() {},
    };
  }

  #extent(offset: number, length: number): Uint8Array {
    const known = this.#extents.find((one) => one.offset === offset && one.bytes.length === length);
    if (known !== undefined) return known.bytes;
    const bytes = this.#bytes.slice(offset, offset + length);
    this.#extents.push({ offset, bytes });
    return bytes;
  }

  #store(at: number, value: number): void {
    this.#bytes[at] = value;
    for (const { offset, bytes } of this.#extents) {
      if (at >= offset && at < offset + bytes.length) bytes[at - offset] = value;
    }
  }
}
