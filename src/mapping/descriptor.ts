import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { errorCode, MappingError } from '../errors.js';

/**
 * Descriptors of the files in a directory, opened in the ways that are safe there:
 * never following a link, never waiting on a FIFO, never inherited by a child.
 */

const NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const NONBLOCK = constants.O_NONBLOCK ?? 0;
const NEW_FILE_FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NOFOLLOW | NONBLOCK;
const REOPEN_FLAGS = constants.O_RDWR | NOFOLLOW | NONBLOCK;
const READ_FLAGS = constants.O_RDONLY | NOFOLLOW | NONBLOCK;

/** @throws MappingError */
export function createFile(path: string): number {
  return attempt(path, 'cannot create the file', () => openSync(path, NEW_FILE_FLAGS, 0o644));
}

/** A second descriptor, of an open file description of its own. @throws MappingError */
export function reopenFile(path: string): number {
  return attempt(path, 'cannot open the file again', () => openSync(path, REOPEN_FLAGS));
}

/** What an open file is. */
export interface FileStatus {
  /** Whether it is a regular one. */
  readonly isFile: boolean;
  readonly inode: number;
  /** Bytes that it has. */
  readonly size: number;
}

/** A file open for reading, as it was when it was opened. */
export interface OpenedFile extends FileStatus {
  readonly fd: number;
}

/**
 * Opens a regular file for reading.
 *
 * @throws MappingError; with code `ENOTREG` when the path names a directory, link, FIFO or device
 */
export function openFile(path: string, statusOf = fileStatus): OpenedFile {
  const fd = attempt(path, 'cannot open the file', () => openSync(path, READ_FLAGS));
  const { isFile, inode, size } = statusOf(fd);
  if (isFile) return { fd, isFile, inode, size };
  closeSync(fd);
  throw new MappingError(path, 'ENOTREG', 'is not a regular file');
}

export function fileStatus(fd: number): FileStatus {
  const stat = fstatSync(fd);
  return { isFile: stat.isFile(), inode: stat.ino, size: stat.size };
}

export function inodeOf(fd: number): number {
  return fstatSync(fd).ino;
}

export function sizeOf(fd: number): number {
  return fstatSync(fd).size;
}

/** Reads at `offset` of a file, once, and returns how many bytes that gave. */
export type Read = (fd: number, target: Uint8Array, offset: number) => number;

export const readOnce: Read = (fd, target, offset) =>
  readSync(fd, target, 0, target.length, offset);

/** Reads up to `target.length` bytes at `offset` and returns how many there were. */
export function readAt(
  fd: number,
  path: string,
  target: Uint8Array,
  offset: number,
  read = readOnce,
): number {
  try {
    let done = read(fd, target, offset);
    for (let more = done; more > 0 && done < target.length; done += more) {
      more = read(fd, target.subarray(done), offset + done);
    }
    return done;
  } catch (error) {
    throw new MappingError(path, errorCode(error), 'cannot read', { cause: error });
  }
}

/** Writes all bytes at `offset`. */
export function writeAt(fd: number, path: string, source: Uint8Array, offset: number): void {
  let done = 0;
  while (done < source.length) {
    done += attempt(path, 'cannot write', () =>
      writeSync(fd, source, done, source.length - done, offset + done),
    );
  }
}

/** Reserves bytes by writing zeros: for systems and backends without `posix_fallocate`. */
export function reserveByWriting(fd: number, path: string, offset: number, length: number): void {
  writeAt(fd, path, new Uint8Array(length), offset);
}

export function removeFile(path: string): void {
  attempt(path, 'cannot remove the file', () => unlinkSync(path));
}

/** Cuts the file back to `size` bytes: what an extension that failed half-way took is free for others. */
export function giveBack(fd: number, path: string, size: number): void {
  attempt(path, 'cannot truncate', () => ftruncateSync(fd, size));
}

export function renameFile(from: string, to: string): void {
  attempt(to, 'cannot rename the file', () => renameSync(from, to));
}

/**
 * Closes a descriptor at the first call only: afterwards the number may be that of
 * another file. The end of a thread may have closed it before.
 */
export function closeOnce(fd: number): () => void {
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    try {
      closeSync(fd);
    } catch (error) {
      if (errorCode(error) !== 'EBADF') throw error;
    }
  };
}

function attempt<T>(path: string, what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new MappingError(path, errorCode(error), what, { cause: error });
  }
}
