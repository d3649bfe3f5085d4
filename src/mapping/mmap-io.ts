import { createRequire } from 'node:module';
import { fileStatus, readOnce, sizeOf } from './descriptor.js';
import type { Backend } from './mapping.js';
import { nativeBackend } from './native.js';

/** What is used of the package mmap-io. */
interface MmapIo {
  readonly PROT_READ: number;
  readonly PROT_WRITE: number;
  readonly MAP_SHARED: number;
  map(size: number, protection: number, flags: number, fd: number, offset: number): Buffer;
}

/**
 * The package mmap-io, where it is installed and loads. It maps and unmaps, but
 * neither reserves blocks (zeros are written instead) nor locks (liveness goes by
 * process start time and heartbeat).
 *
 * @throws Error when mmap-io cannot be loaded here
 */
export function mmapIoBackend(): Backend {
  const loaded = createRequire(import.meta.url)('mmap-io') as MmapIo | { default: MmapIo };
  const mmap = 'default' in loaded ? loaded.default : loaded;
  return nativeBackend({
    name: 'mmap-io',
    map(fd, offset, length, writable) {
      const protection = writable ? mmap.PROT_READ | mmap.PROT_WRITE : mmap.PROT_READ;
      const buffer = mmap.map(length, protection, mmap.MAP_SHARED, fd, offset);
      // The package unmaps when its Buffer is collected; a view of the same ArrayBuffer
      // does not hold the Buffer, so the ArrayBuffer does.
      holders.set(buffer.buffer as ArrayBuffer, buffer);
      return buffer.buffer as ArrayBuffer;
    },
    reserve: () => 'ENOSYS',
    flock: () => 'ENOSYS',
    size: sizeOf,
    status: fileStatus,
    read: readOnce,
  });
}

const holders = new WeakMap<ArrayBuffer, Buffer>();
