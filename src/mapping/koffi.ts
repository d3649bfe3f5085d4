import { loadLibc } from './libc.js';
import type { Backend } from './mapping.js';
import { nativeBackend } from './native.js';

/**
 * The default backend: libc's mmap through koffi.
 *
 * @throws Error when koffi cannot be loaded here
 */
export function koffiBackend(): Backend {
  const libc = loadLibc();
  // Every view of a mapping, and so every place that can reach its memory, holds the
  // ArrayBuffer: when that is gone the pages may go.
  const unmapper = new FinalizationRegistry<{ address: number; length: number }>(
    ({ address, length }) => libc.munmap(address, length),
  );
  return nativeBackend({
    name: 'mmap',
    map(fd, offset, length, writable) {
      const address = libc.mmap(length, writable, fd, offset);
      const buffer = libc.view(address, length);
      // A writer's too: bound children hold views of it. What is left behind, a file that
      // was wiped or one that a full disk cut short, must not keep its blocks for ever.
      unmapper.register(buffer, { address, length });
      return buffer;
    },
    reserve: libc.reserve,
    flock: libc.flock,
    size: libc.size,
    status: libc.status,
    read: libc.read,
  });
}
