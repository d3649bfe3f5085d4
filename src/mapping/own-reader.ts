import type { LockState, Publication, ReadableMapping, WritableMapping } from './mapping.js';

/**
 * A file as the thread that writes it has it in memory. Nothing is opened for it, so it is
 * there without a descriptor, and when somebody has removed the file.
 */
export class OwnReader implements ReadableMapping {
  readonly path: string;
  readonly inode: number;
  readonly unsettled = false;
  readonly #file: WritableMapping;
  readonly #extents: ReadonlyMap<number, ArrayBuffer>;
  #marksAt: readonly number[] = [];

  /** `extents`, by offset, are those that the file has now and those that it gets. */
  constructor(file: WritableMapping, extents: ReadonlyMap<number, ArrayBuffer>) {
    this.path = file.path;
    this.inode = file.inode;
    this.#file = file;
    this.#extents = extents;
  }

  get openedSize(): number {
    return this.size();
  }

  size(): number {
    let size = 0;
    for (const [offset, { byteLength }] of this.#extents)
      size = Math.max(size, offset + byteLength);
    return size;
  }

  reaches(end: number): boolean {
    return this.size() >= end;
  }

  read(target: Uint8Array, offset: number): number {
    for (const [begin, extent] of this.#extents) {
      if (offset < begin || offset >= begin + extent.byteLength) continue;
      const length = Math.min(target.length, begin + extent.byteLength - offset);
      target.set(new Uint8Array(extent, offset - begin, length));
      return length;
    }
    return 0;
  }

  follow({ marksAt }: Publication): void {
    // Where memory is not the file, others' marks are in the file alone.
    if (this.#file.backend === 'file') this.#marksAt = marksAt;
  }

  map(offset: number, length: number): ArrayBuffer {
    const extent = this.#extents.get(offset);
    if (extent === undefined || extent.byteLength !== length) {
      throw new RangeError(`no extent of ${length} bytes at ${offset}`);
    }
    return extent;
  }

  pair(): void {}

  refresh(): void {
    const words = new Int32Array(this.map(0, this.#extents.get(0)?.byteLength ?? 0));
    for (const at of this.#marksAt) words[at / 4] = this.#file.peek(at);
  }

  probeLock(): LockState {
    return 'held';
  }

  close(): void {}
}
