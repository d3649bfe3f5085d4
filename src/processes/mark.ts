import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { errorCode } from '../errors.js';
import { decodeHeader, type WriterIdentity } from '../format/header.js';
import { ABSORBED_AT, HEADER_BYTES, MARK_AT, Mark } from '../format/layout.js';
import { listWriters } from './directory.js';

/**
 * Writes the mark into every file of a process, those of its threads included. Files
 * of another pid namespace or host that happens to use the same pid are left alone.
 * Returns how many were marked; `onError` is told of files that could not be.
 */
export function markFiles(
  directory: string,
  pid: number,
  self: WriterIdentity,
  onError: (error: unknown) => void,
): number {
  let marked = 0;
  for (const writer of listWriters(directory)) {
    if (writer.pid !== pid) continue;
    try {
      if (markFile(writer.path, self)) marked++;
    } catch (error) {
      // Gone already: compacted, or cleaned away.
      if (errorCode(error) !== 'ENOENT') onError(error);
    }
  }
  return marked;
}

function markFile(path: string, self: WriterIdentity): boolean {
  const fd = openToMark(path);
  try {
    const header = new Uint8Array(HEADER_BYTES);
    const length = readSync(fd, header, 0, HEADER_BYTES, 0);
    const identity = decodeHeader(header.subarray(0, length), path);
    if (identity.host !== self.host || identity.pidNamespace !== self.pidNamespace) return false;
    writeWord(fd, MARK_AT, Mark.dead);
    return true;
  } finally {
    closeSync(fd);
  }
}

/**
 * Says in a writer's file that an archive has its values: a writer that only slept finds
 * that there, and does not count them again.
 */
export function markAbsorbed(path: string): void {
  const fd = openToMark(path);
  try {
    writeWord(fd, ABSORBED_AT, 1);
  } finally {
    closeSync(fd);
  }
}

/** Never through a link. */
function openToMark(path: string): number {
  return openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
}

function writeWord(fd: number, at: number, value: number): void {
  const word = new Uint8Array(new Int32Array([value]).buffer);
  writeSync(fd, word, 0, word.length, at);
}
