import type { ReadableMapping } from '../../src/mapping/mapping.js';

/** A file that is bytes in memory: what a reader would see of a file that holds them. */
export function bytesMapping(bytes: Uint8Array, path = 'bytes.pmp'): ReadableMapping {
  const extents = new Map<number, Uint8Array>();
  const copy = (offset: number, target: Uint8Array): void => {
    target.fill(0);
    target.set(bytes.subarray(offset, offset + target.length));
  };
  return {
    path,
    inode: 1,
    size: () => bytes.length,
    reaches: (end) => bytes.length >= end,
    openedSize: bytes.length,
    read(target, offset) {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
    follow() {},
    pair() {},
    map(offset, length) {
      const extent = new Uint8Array(length);
      extents.set(offset, extent);
      copy(offset, extent);
      return extent.buffer;
    },
    refresh() {
      for (const [offset, extent] of extents) copy(offset, extent);
    },
    unsettled: false,
    probeLock: () => 'unknown',
    close() {},
  };
}
