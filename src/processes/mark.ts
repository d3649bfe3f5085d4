import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { errorCode } from '../errors.js';
import { decodeHeader, type FileHeader, type WriterIdentity } from '../format/header.js';
import { ABSORBED_AT, HEADER_BYTES, MARK_AT, Mark } from '../format/layout.js';
import { type ListedWriter, listWriters } from './directory.js';
import { hasEnded, type Observer } from './liveness.js';

/** What decides whether a file gets the mark. */
interface Choice {
  readonly writers: (writer: ListedWriter) => boolean;
  readonly headers: (header: FileHeader) => boolean;
}

/**
 * Writes the mark into every file of a process, those of its threads included. Files
 * of another pid namespace or host that happens to use the same pid are left alone.
 * Returns how many were marked; `onError` is told of files that could not be.
 */
export function markFiles(
  directory: string,
  pid: number,
  { host, pidNamespace }: WriterIdentity,
  onError: (error: unknown) => void,
): number {
  const choice: Choice = {
    writers: (writer) => writer.pid === pid,
    headers: (header) => header.host === host && header.pidNamespace === pidNamespace,
  };
  return markChosen(directory, choice, onError);
}

/** The same for every process that the system says to have ended, by its pid and its start. */
export function markEnded(
  directory: string,
  observer: Observer,
  onError: (error: unknown) => void,
): number {
  const choice: Choice = {
    writers: () => true,
    headers: (header) => hasEnded(header, observer),
  };
  return markChosen(directory, choice, onError);
}

function markChosen(
  directory: string,
  { writers, headers }: Choice,
  onError: (error: unknown) => void,
): number {
  let marked = 0;
  for (const { path } of listWriters(directory).filter(writers)) {
    try {
      if (markFile(path, headers)) marked++;
    } catch (error) {
      // Gone already: compacted, or cleaned away.
      if (errorCode(error) !== 'ENOENT') onError(error);
    }
  }
  return marked;
}

function markFile(path: string, isChosen: Choice['headers']): boolean {
  const fd = openToMark(path);
  try {
    const header = new Uint8Array(HEADER_BYTES);
    const length = readSync(fd, header, 0, HEADER_BYTES, 0);
    if (!isChosen(decodeHeader(header.subarray(0, length), path))) return false;
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
