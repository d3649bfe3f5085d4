import type { DirtyRange } from './dirty-range.js';
import type { ReadableMapping, WritableMapping } from './mapping.js';
import { OwnReader } from './own-reader.js';

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

  extend(offset: number, length: number): ArrayBuffer {
    const buffer = new ArrayBuffer(length);
    this.#extents.set(offset, buffer);
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
    return new OwnReader(this, this.#extents);
  }
}
