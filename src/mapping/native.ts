import { MappingError } from '../errors.js';
import {
  closeOnce,
  createFile,
  type FileStatus,
  giveBack,
  inodeOf,
  type Read,
  readAt,
  removeFile,
  renameFile,
  reopenFile,
  reserveByWriting,
} from './descriptor.js';
import type { Backend, WritableMapping } from './mapping.js';
import { mapRange, NativeReader } from './native-reader.js';
import { OwnReader } from './own-reader.js';

/** How a native provider maps, reserves and locks. */
export interface Mapper {
  readonly name: 'mmap' | 'mmap-io';
  /**
   * Maps a range of the file and sees to it that it is unmapped only when nothing
   * can reach the buffer any more. Throws with a system error's `code`.
   */
  map(fd: number, offset: number, length: number, writable: boolean): ArrayBuffer;
  /** The error's name, or undefined on success; `ENOSYS` where the provider cannot. */
  reserve(fd: number, offset: number, length: number): string | undefined;
  /** The error's name, or undefined on success; `ENOSYS` where the provider cannot. */
  flock(fd: number, operation: 'exclusive' | 'shared' | 'unlock'): string | undefined;
  /** Bytes of a file that is open for reading by this descriptor alone. Throws with a system error's `code`. */
  size(fd: number): number;
  /** Throws with a system error's `code`. */
  status(fd: number): FileStatus;
  /** Throws with a system error's `code`. */
  readonly read: Read;
}

/**
 * Errors of `posix_fallocate` where writing zeros serves as well: not on this file
 * system, or a signal came before it was done, as a profiler's do again and again.
 */
const NO_RESERVE = new Set(['ENOSYS', 'EOPNOTSUPP', 'ENOTSUP', 'EINVAL', 'ENODEV', 'EINTR']);

/** A backend whose memory is the file. */
export function nativeBackend(mapper: Mapper): Backend {
  let proven = false;
  return {
    name: mapper.name,
    create: (path) =>
      createWritable(mapper, path, (fd, offset, buffer) => {
        if (!proven) prove(fd, path, offset, buffer);
        proven = true;
      }),
    open: (path, flushSequenceAt) => new NativeReader(mapper, path, flushSequenceAt),
  };
}

function createWritable(
  mapper: Mapper,
  path: string,
  check: (fd: number, offset: number, buffer: ArrayBuffer) => void,
): WritableMapping {
  const { fd, lockFd } = openWritable(mapper, path);
  const closers = [fd, lockFd].flatMap((one) => (one === undefined ? [] : [closeOnce(one)]));
  let present = path;
  const extents = new Map<number, ArrayBuffer>();
  return {
    backend: mapper.name,
    get path() {
      return present;
    },
    locked: lockFd !== undefined,
    inode: inodeOf(fd),
    extend(offset, length) {
      try {
        reserve(mapper, fd, present, offset, length);
        const buffer = mapRange(mapper, fd, present, offset, length, true);
        check(fd, offset, buffer);
        extents.set(offset, buffer);
        return buffer;
      } catch (error) {
        giveBack(fd, present, offset);
        throw error;
      }
    },
    peek(offset) {
      const word = new Int32Array(1);
      readAt(fd, present, new Uint8Array(word.buffer), offset);
      return word[0] as number;
    },
    reader() {
      return new OwnReader(this, extents);
    },
    track: () => undefined,
    flushes: undefined,
    flush() {},
    writeThrough() {},
    rename(to) {
      renameFile(present, to);
      present = to;
    },
    close() {
      for (const close of closers) close();
    },
  };
}

function reserve(mapper: Mapper, fd: number, path: string, offset: number, length: number): void {
  const failure = mapper.reserve(fd, offset, length);
  if (failure === undefined) return;
  if (!NO_RESERVE.has(failure)) {
    throw new MappingError(path, failure, `cannot reserve ${length} bytes`);
  }
  reserveByWriting(fd, path, offset, length);
}

/**
 * A mapping keeps the open file description that it was made from, and with it the
 * description's lock, also when the descriptor is closed. A writer's mappings stay as
 * long as anything can reach them, so the lock is on a description that is never mapped:
 * it goes when a thread ends and its process lives on.
 */
function openWritable(
  mapper: Mapper,
  path: string,
): { readonly fd: number; readonly lockFd: number | undefined } {
  const created = createFile(path);
  if (mapper.flock(created, 'exclusive') !== undefined) return { fd: created, lockFd: undefined };
  try {
    return { fd: reopenFile(path), lockFd: created };
  } catch (error) {
    closeOnce(created)();
    removeFile(path);
    throw error;
  }
}

/**
 * Some hosts (Electron's memory cage, for one) give a copy where a view of foreign
 * memory is asked for: what is stored there would never reach the file.
 */
function prove(fd: number, path: string, offset: number, buffer: ArrayBuffer): void {
  const word = new Uint8Array(buffer, 0, 1);
  const stored = new Uint8Array(1);
  word[0] = 0xa5;
  readAt(fd, path, stored, offset);
  word[0] = 0;
  if (stored[0] !== 0xa5) {
    throw new MappingError(path, 'ENOTSUP', 'this runtime copies mapped memory');
  }
}
