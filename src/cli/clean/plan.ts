import { lstatSync, readSync } from 'node:fs';
import { UnsupportedFileError } from '../../errors.js';
import { FLUSH_SEQUENCE_AT, MAGIC } from '../../format/layout.js';
import { UNFINISHED_FILE_AGE_MS } from '../../limits.js';
import { closeOnce, openFile } from '../../mapping/descriptor.js';
import { type DirectoryEntry, listEntries } from '../../processes/directory.js';
import { FileSource } from '../../processes/file-source.js';
import type { Tools } from '../inspect/file-report.js';

/** What is to become of one file. */
export type Fate =
  | { readonly kind: 'remove'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'keep'; readonly path: string; readonly because: string }
  /** Of a writer that lives, or may. */
  | { readonly kind: 'living'; readonly path: string };

/**
 * Decides for every file of a directory. A file is removed if its name is one that this
 * library gives, it is a regular file with this library's magic, and nobody writes it any
 * more; all others stay. The archive comes last: as long as it is there it names files
 * that are not to be read.
 *
 * @throws DirectoryError when the directory cannot be listed
 */
export function planCleaning(directory: string, tools: Tools): Fate[] {
  const fates = listEntries(directory).flatMap((entry) => {
    const fate = fateOf(entry, tools);
    return fate === undefined ? [] : [{ entry, fate }];
  });
  const isArchive = ({ entry }: (typeof fates)[number]) => entry.kind === 'archive';
  return [...fates.filter((one) => !isArchive(one)), ...fates.filter(isArchive)].map(
    ({ fate }) => fate,
  );
}

/** Undefined for what is not there any more. */
function fateOf({ kind, path }: DirectoryEntry, tools: Tools): Fate | undefined {
  // Whoever holds the lock removes it.
  if (kind === 'lock') return undefined;
  if (kind === 'foreign') return { kind: 'keep', path, because: 'no file of this library' };
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) return { kind: 'keep', path, because: 'not a regular file' };
  if (kind === 'unfinished' && tools.observer.nowMs() - stat.mtimeMs < UNFINISHED_FILE_AGE_MS) {
    return { kind: 'keep', path, because: 'it is being made' };
  }
  if (!isOurs(path, kind === 'unfinished')) {
    return { kind: 'keep', path, because: 'no file of this library: wrong magic' };
  }
  const remove: Fate = { kind: 'remove', path, sizeBytes: stat.size };
  return kind === 'writer' || kind === 'archive' ? judged(remove, tools) : remove;
}

/** Whether it begins as files of this library do; one that was never finished may have nothing yet. */
function isOurs(path: string, mayBeEmpty: boolean): boolean {
  const { fd } = openFile(path);
  const close = closeOnce(fd);
  try {
    const begin = Buffer.alloc(MAGIC.length);
    readSync(fd, begin, 0, begin.length, 0);
    return begin.equals(MAGIC) || (mayBeEmpty && begin.every((byte) => byte === 0));
  } finally {
    close();
  }
}

/** Only what is certainly nobody's any more goes. */
function judged(remove: Fate & { kind: 'remove' }, { backend, observer }: Tools): Fate {
  const { path } = remove;
  try {
    const source = FileSource.open(backend, path);
    try {
      source.readAndJudge(observer);
    } finally {
      source.reader.close();
    }
    return source.liveness === 'dead' ? remove : { kind: 'living', path };
  } catch (error) {
    if (error instanceof UnsupportedFileError) {
      return {
        kind: 'keep',
        path,
        because: 'of a version of the library that this one does not know',
      };
    }
    // Damaged: all that can be asked is the lock.
    return isLocked(path, backend) ? { kind: 'living', path } : remove;
  }
}

function isLocked(path: string, backend: Tools['backend']): boolean {
  const mapping = backend.open(path, FLUSH_SEQUENCE_AT);
  try {
    return mapping.probeLock() === 'held';
  } finally {
    mapping.close();
  }
}
