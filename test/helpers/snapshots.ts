import { MemoryMapping } from '../../src/mapping/memory.js';

/** Plain memory that gives its content as the bytes that a file would have. */
export class SnapshotMapping extends MemoryMapping {
  readonly #extents: { readonly offset: number; readonly buffer: ArrayBuffer }[] = [];
  size = 0;

  override extend(offset: number, length: number): ArrayBuffer {
    const buffer = super.extend(offset, length);
    this.#extents.push({ offset, buffer });
    this.size = offset + length;
    return buffer;
  }

  snapshot(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    for (const { offset, buffer } of this.#extents) bytes.set(new Uint8Array(buffer), offset);
    return bytes;
  }
}

/**
 * Runs `action` and tells of every `Atomics.store` in it, before and after: the words
 * that publish are stored in no other way, so these are the moments at which a reader
 * can see something else.
 */
export function atEveryPublication(action: () => void, look: () => void): void {
  const store = Atomics.store;
  const watched = (...args: Parameters<typeof store>) => {
    look();
    const value = store(...args);
    look();
    return value;
  };
  Atomics.store = watched as typeof store;
  try {
    action();
  } finally {
    Atomics.store = store;
  }
}
