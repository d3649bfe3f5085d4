import type { DirtyRange } from './dirty-range.js';
import type { LockState, ReadableMapping, WritableMapping } from './mapping.js';

/**
 * A writer's file that is no file: plain memory of this thread. Serves where no
 * directory is set, and holds what a full or broken directory cannot take.
 * `reader()` reads it in the same thread.
 */
export class MemoryMapping implements WritableMapping {
  readonly backend = 'memory';
  readonly path = '(memory)';
  readonly locked = false;
  readonly inode = 0;
  readonly flushes = undefined;
  readonly #extents = new Map<number, ArrayBuffer>();
  #size = 0;

  extend(offset: number, length: number): ArrayBuffer {
    const buffer = new ArrayBuffer(length);
    this.#extents.set(offset, buffer);
    this.#size = offset + length;
    return buffer;
  }

  peek(offset: number): number {
    const first = this.#extents.get(0);
    return first === undefined ? 0 : (new Int32Array(first, offset, 1)[0] as number);
  }

  track(): DirtyRange | undefined {
    return undefined;
  }

  flush(): void {}

  writeThrough(): void {}

  rename(): void {}

  close(): void {}

  reader(): ReadableMapping {
    const size = () => this.#size;
    const extents = this.#extents;
    const map = (offset: number, length: number): ArrayBuffer => {
      const extent = extents.get(offset);
      if (extent === undefined || extent.byteLength !== length) {
        throw new RangeError(`no extent of ${length} bytes at ${offset}`);
      }
      return extent;
    };
    const read = (target: Uint8Array, offset: number): number => {
      for (const [begin, extent] of extents) {
        if (offset < begin || offset >= begin + extent.byteLength) continue;
        const length = Math.min(target.length, begin + extent.byteLength - offset);
        target.set(new Uint8Array(extent, offset - begin, length));
        return length;
      }
      return 0;
    };
    return {
      path: this.path,
      inode: 0,
      openedSize: this.#size,
      size,
      read,
      map,
      follow() {},
      pair() {},
      refresh() {},
      unsettled: false,
      probeLock: (): LockState => 'held',
      close() {},
    };
  }
}
