import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode, isBadFile, UnsupportedFileError } from '../errors.js';
import { FileKind, FLUSH_SEQUENCE_AT } from '../format/layout.js';
import { MAX_ABSORBED_AT_ONCE, UNFINISHED_FILE_AGE_MS } from '../limits.js';
import type { Backend } from '../mapping/mapping.js';
import { foldForArchive } from '../merge/archive.js';
import { RecordCatalog } from '../store/record-catalog.js';
import { Writer } from '../store/writer.js';
import { writeArchived } from './archive-writer.js';
import { withCompactionLock } from './compaction-lock.js';
import { ARCHIVE_NAME, listWriters, UNFINISHED_NAME } from './directory.js';
import { FileSource } from './file-source.js';
import type { Observer } from './liveness.js';
import { markAbsorbed } from './mark.js';

export interface CompactionTools {
  readonly backend: Backend;
  readonly observer: Observer;
  /** Told of files that could not be read or removed: they stay where they are. */
  readonly onError: (error: unknown) => void;
}

export interface CompactionResult {
  /** Dead writers whose values are in the archive now and were not before. */
  readonly absorbed: number;
  /** Writers that were not looked at: for another round. */
  readonly left: number;
}

/**
 * Folds what dead writers left into the directory's archive and removes their files.
 * Readers need not wait and every value counts once at every moment, also when this
 * process is killed at any instruction:
 *
 * 1. The next archive, which holds the present one and the dead writers and names them,
 *    is written beside it.
 * 2. It is renamed over the present one. A reader that has it passes over the files that
 *    it names; one that still has the present one reads them.
 * 3. The files are marked absorbed, for writers that only slept, and unlinked. A reader
 *    that missed one in its listing finds, when it ends, that the archive's name leads to
 *    another inode than it read, and begins again.
 *
 * An archive that no reader could read takes no place, and the files stay.
 *
 * After a crash between 2 and 3 the next compaction finds files that the archive names,
 * and does 3. Only one process compacts at a time; undefined when it is another one.
 *
 * @throws Error with a system's code where the directory cannot be written
 * @throws FileFormatError where the next archive came out unreadable
 * @throws UnsupportedFileError where the archive is of a version that this one does not know
 */
export function compactDirectory(
  directory: string,
  tools: CompactionTools,
): Promise<CompactionResult | undefined> {
  return withCompactionLock(directory, (stillMine) => compactLocked(directory, tools, stillMine));
}

function compactLocked(
  directory: string,
  tools: CompactionTools,
  stillMine: () => boolean,
): CompactionResult {
  removeUnfinished(directory, tools);
  const archive = openArchive(directory, tools);
  const catalog = new RecordCatalog();
  const opened: FileSource[] = archive === undefined ? [] : [archive];
  try {
    const absorbed = archive?.reader.absorbed ?? new Set<string>();
    const paths = listWriters(directory).map(({ path }) => path);
    const named = paths.filter((path) => absorbed.has(basename(path)));
    // Those that stay are named by the next archive too, or they would count twice.
    const stuck = named.filter((path) => !removeAbsorbed(path, tools));
    const dead: FileSource[] = [];
    let left = 0;
    for (const path of paths) {
      if (absorbed.has(basename(path))) continue;
      if (dead.length === MAX_ABSORBED_AT_ONCE) {
        left++;
        continue;
      }
      const source = openDead(path, tools, catalog);
      if (source === undefined) continue;
      opened.push(source);
      dead.push(source);
    }
    if (dead.length === 0) return { absorbed: 0, left };
    const names = [...stuck, ...dead.map(({ reader }) => reader.path)].map((path) =>
      basename(path),
    );
    for (const { reader } of opened) reader.requireWhole();
    const next = writeArchive(directory, archive, dead, names, tools);
    // Not mine: another process has taken the lock over and may have made an archive meanwhile.
    if (!replaceArchive(directory, next, stillMine)) {
      return { absorbed: 0, left: left + dead.length };
    }
    for (const { reader } of dead) removeAbsorbed(reader.path, tools);
    return { absorbed: dead.length, left };
  } finally {
    for (const { reader } of opened) reader.close();
  }
}

function openArchive(directory: string, tools: CompactionTools): FileSource | undefined {
  const path = join(directory, ARCHIVE_NAME);
  try {
    const source = FileSource.open(tools.backend, path);
    source.update();
    return source;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    // What is no file would be in the way for ever.
    if (!isBadFile(error)) throw error;
    // It is good for those that know its version: they compact here.
    if (error instanceof UnsupportedFileError) throw error;
    // What cannot be read is not thrown away: somebody may be able to.
    const aside = `${path}.bad-${randomBytes(4).toString('hex')}`;
    renameSync(path, aside);
    const { message } = error as Error;
    const kept = new Error(`${message}; kept as ${aside}`, { cause: error });
    tools.onError(Object.assign(kept, { code: 'bad_archive' }));
    return undefined;
  }
}

/** The writer of a file, read and open, if it is certainly dead. */
export function openDead(
  path: string,
  tools: CompactionTools,
  catalog?: RecordCatalog,
): FileSource | undefined {
  let source: FileSource | undefined;
  try {
    source = FileSource.open(tools.backend, path, catalog);
    source.readAndJudge(tools.observer);
    if (source.liveness === 'dead') return source;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') tools.onError(error);
  }
  source?.reader.close();
  return undefined;
}

/** Writes the next archive beside the present one and brings it to the disk; its path. */
function writeArchive(
  directory: string,
  archive: FileSource | undefined,
  dead: readonly FileSource[],
  absorbed: readonly string[],
  { backend, observer, onError }: CompactionTools,
): string {
  const path = join(directory, `.${ARCHIVE_NAME}-${randomBytes(8).toString('hex')}.new`);
  const sources = archive === undefined ? dead : [archive, ...dead];
  const mapping = backend.create(path, {
    flushSequenceAt: FLUSH_SEQUENCE_AT,
    onFlushError: onError,
  });
  try {
    const nowMs = observer.nowMs();
    const writer = new Writer(mapping, {
      ...observer.self,
      kind: FileKind.archive,
      name: '',
      createdMs: nowMs,
    });
    writeArchived(writer, foldForArchive(sources, nowMs));
    for (const name of absorbed) writer.addAbsorbed(name);
    mapping.flush();
    requireReadable(backend, path);
    syncFile(path);
    return path;
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    mapping.close();
  }
}

/** Gives the next archive its name while that is this process's to do; else it is removed. */
function replaceArchive(directory: string, next: string, stillMine: () => boolean): boolean {
  try {
    if (stillMine()) {
      renameSync(next, join(directory, ARCHIVE_NAME));
      return true;
    }
  } catch (error) {
    unlinkSync(next);
    throw error;
  }
  unlinkSync(next);
  return false;
}

/**
 * What has the archive's place is all that is left of the dead: no mistake that a reader
 * would refuse gets there. @throws FileFormatError
 */
function requireReadable(backend: Backend, path: string): void {
  const source = FileSource.open(backend, path);
  try {
    source.update();
  } finally {
    source.reader.close();
  }
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * True when the file is gone. The mark first: a writer that only slept finds it in the
 * file that it still has open.
 */
function removeAbsorbed(path: string, { onError }: CompactionTools): boolean {
  try {
    markAbsorbed(path);
    unlinkSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    onError(error);
    return false;
  }
}

/** Files whose makers died before giving them a name. */
function removeUnfinished(directory: string, { observer, onError }: CompactionTools): void {
  for (const name of readdirSync(directory)) {
    if (!UNFINISHED_NAME.test(name)) continue;
    const path = join(directory, name);
    try {
      if (observer.nowMs() - statSync(path).mtimeMs > UNFINISHED_FILE_AGE_MS) unlinkSync(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') onError(error);
    }
  }
}
