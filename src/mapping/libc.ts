import { createRequire } from 'node:module';
import { type FileStatus, fileStatus, type Read } from './descriptor.js';
import { bindStatx } from './statx.js';

/**
 * The calls into the C library that the native backend needs, bound through koffi, and those
 * that take a fraction there of what they do by `node:fs`, in a process that has not made
 * thousands of them yet.
 */
export interface Libc {
  /** Address of the mapping, as a number; throws with `code` when the system refuses. */
  mmap(length: number, writable: boolean, fd: number, offset: number): number;
  munmap(address: number, length: number): void;
  /** Memory at `address` as an ArrayBuffer that does not own it. */
  view(address: number, length: number): ArrayBuffer;
  /** Reserves blocks; returns the error's name, or undefined on success. */
  reserve(fd: number, offset: number, length: number): string | undefined;
  /** Bytes of an open file, without what an `fstat` of Node.js takes to make an object of it. */
  size(fd: number): number;
  /** Throws with a system error's `code`. */
  status(fd: number): FileStatus;
  /** Throws with a system error's `code`. */
  readonly read: Read;
  /** Takes or probes an advisory lock without waiting; the error's name, or undefined on success. */
  flock(fd: number, operation: 'exclusive' | 'shared' | 'unlock'): string | undefined;
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const SEEK_END = 2;
const LOCK_NB = 4;
const LOCK_OPERATIONS = { shared: 1 | LOCK_NB, exclusive: 2 | LOCK_NB, unlock: 8 } as const;

type Koffi = typeof import('koffi');

/**
 * Loads koffi and binds the calls. macOS has no `posix_fallocate`; there `reserve`
 * answers `ENOSYS` and the caller writes zeros.
 *
 * @throws Error when koffi is not installed, has no binary for this platform, or the platform has no mmap
 */
export function loadLibc(): Libc {
  if (process.platform === 'win32') throw new Error('Windows has no mmap');
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const library = koffi.load(null);
  const mmap = library.func('mmap', 'intptr_t', [
    'uintptr_t',
    'size_t',
    'int',
    'int',
    'int',
    'int64_t',
  ]);
  const munmap = library.func('munmap', 'int', ['uintptr_t', 'size_t']);
  const flock = library.func('flock', 'int', ['int', 'int']);
  const lseek = library.func('lseek', 'intptr_t', ['int', 'intptr_t', 'int']);
  const pread = library.func('pread', 'intptr_t', ['int', 'void *', 'size_t', 'intptr_t']);
  const statx = bindStatx(library);
  const fallocate =
    process.platform === 'darwin'
      ? undefined
      : library.func('posix_fallocate', 'int', ['int', 'int64_t', 'int64_t']);

  const names = new Map(Object.entries(koffi.os.errno).map(([name, code]) => [code, name]));
  // EAGAIN and EWOULDBLOCK are one number under two names.
  names.set(koffi.os.errno.EAGAIN as number, 'EWOULDBLOCK');
  const nameOf = (code: number): string => names.get(code) ?? `errno ${code}`;

  return {
    mmap(length, writable, fd, offset) {
      const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
      const address = mmap(0, length, protection, MAP_SHARED, fd, offset) as number;
      if (address === -1) {
        throw failed('mmap', nameOf(koffi.errno()));
      }
      return address;
    },
    munmap(address, length) {
      munmap(address, length);
    },
    view: (address, length) => koffi.view(address, length),
    reserve(fd, offset, length) {
      if (fallocate === undefined) return 'ENOSYS';
      const code = fallocate(fd, offset, length) as number;
      return code === 0 ? undefined : nameOf(code);
    },
    size(fd) {
      const bytes = lseek(fd, 0, SEEK_END) as number;
      if (bytes < 0) throw failed('lseek', nameOf(koffi.errno()));
      return bytes;
    },
    status: (fd) => statx?.(fd) ?? fileStatus(fd),
    read(fd, target, offset) {
      const bytes = pread(fd, target, target.length, offset) as number;
      if (bytes < 0) throw failed('pread', nameOf(koffi.errno()));
      return bytes;
    },
    flock(fd, operation) {
      const result = flock(fd, LOCK_OPERATIONS[operation]) as number;
      return result === 0 ? undefined : nameOf(koffi.errno());
    },
  };
}

function failed(call: string, code: string): Error {
  return Object.assign(new Error(`${call} failed: ${code}`), { code });
}
