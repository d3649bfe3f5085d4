import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { DirectoryError, errorCode } from '../errors.js';

/** Name of the directory's one archive: what dead writers left, merged. */
export const ARCHIVE_NAME = 'archive.pmp';
/** `<pid>-<thread>-<random>.pmp`: the random part keeps names apart when a pid is used again. */
const WRITER_NAME = /^\d+-\d+-[0-9a-f]{16}\.pmp$/;
const RANDOM_BYTES = 8;
/** A writer's file or an archive that is being made. */
export const UNFINISHED_NAME = /^\.(?:\d+-\d+-[0-9a-f]{16}\.pmp|archive\.pmp-[0-9a-f]+)\.new$/;
/** Of whoever compacts. */
export const LOCK_NAME = '.compact.lock';
/** An archive that could not be read, put aside. */
const BAD_ARCHIVE_NAME = /^archive\.pmp\.bad-[0-9a-f]{8}$/;

export const DIRECTORY_VARIABLE = 'PROMETHEUS_MULTIPROC_DIR';

/**
 * The directory that the environment names, absolute, or undefined. Python's old
 * lower-case name works too; `warn` is told of it.
 */
export function directoryFromEnvironment(
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): string | undefined {
  const named = env[DIRECTORY_VARIABLE];
  if (named !== undefined && named !== '') return resolve(named);
  const lower = env[DIRECTORY_VARIABLE.toLowerCase()];
  if (lower === undefined || lower === '') return undefined;
  // On Windows names of variables have no case, and both are one.
  if (process.platform !== 'win32') {
    warn(
      `${DIRECTORY_VARIABLE.toLowerCase()} is deprecated: set ${DIRECTORY_VARIABLE} instead (both name a directory for metrics)`,
    );
  }
  return resolve(lower);
}

/**
 * Makes the directory and its parents if they are missing.
 *
 * @throws DirectoryError when the path is something else or cannot be made
 */
export function ensureDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new DirectoryError(
      path,
      `${path} cannot serve as ${DIRECTORY_VARIABLE}: ${cause(error)}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * @throws DirectoryError when the path is not a directory that exists
 */
export function requireDirectory(path: string, options?: ErrorOptions): void {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(path, error);
  }
  if (stat === undefined) {
    const message = `${path} does not exist: no process has written metrics there`;
    throw new DirectoryError(path, message, options);
  }
  if (!stat.isDirectory()) {
    const message = `${path} is not a directory: set ${DIRECTORY_VARIABLE} to one`;
    throw new DirectoryError(path, message, options);
  }
}

/** Inode that a path leads to, 0 where it leads nowhere. @throws where the system does not say */
export function inodeAt(path: string): number {
  return statAt(path, statSync)?.ino ?? 0;
}

/**
 * What tells a file of this name from a later one, and from what is left when somebody
 * cuts it off; empty where there is none. @throws where the system does not say
 */
export function stampAt(path: string): string {
  const stat = statAt(path, lstatSync);
  return stat === undefined ? '' : stampOf(stat.ino, stat.size);
}

export function stampOf(inode: number, sizeBytes: number): string {
  return `${inode}:${sizeBytes}`;
}

function statAt(path: string, stat: typeof statSync): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a directory of the path was.
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

export interface NewName {
  /** Where to make the file; readers pass over names that begin with a dot. */
  readonly temporary: string;
  /** The name that shows it to readers. */
  readonly final: string;
}

/** A name that no writer of any host has used. */
export function newWriterName(directory: string, pid: number, threadId: number): NewName {
  const name = `${pid}-${threadId}-${randomBytes(RANDOM_BYTES).toString('hex')}.pmp`;
  return { temporary: join(directory, `.${name}.new`), final: join(directory, name) };
}

export interface ListedWriter {
  readonly path: string;
  readonly pid: number;
}

/**
 * Writers' files in a directory, in the order of their names. Other files are passed over.
 *
 * @throws DirectoryError when it cannot be listed
 */
export function listWriters(directory: string): ListedWriter[] {
  const prefix = prefixOf(directory);
  return writerNames(namesIn(directory)).map((name) => {
    return { path: prefix + name, pid: Number.parseInt(name, 10) };
  });
}

/** What a name in a directory says that it is; `foreign` is none of this library's. */
export type EntryKind = 'writer' | 'archive' | 'unfinished' | 'bad archive' | 'lock' | 'foreign';

export interface DirectoryEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: EntryKind;
}

/** All that is in a directory, in the order of names. @throws DirectoryError when it cannot be listed */
export function listEntries(directory: string): DirectoryEntry[] {
  return namesIn(directory)
    .sort()
    .map((name) => ({ name, path: join(directory, name), kind: kindOf(name) }));
}

function kindOf(name: string): EntryKind {
  if (WRITER_NAME.test(name)) return 'writer';
  if (name === ARCHIVE_NAME) return 'archive';
  if (UNFINISHED_NAME.test(name)) return 'unfinished';
  if (BAD_ARCHIVE_NAME.test(name)) return 'bad archive';
  return name === LOCK_NAME ? 'lock' : 'foreign';
}

/** All names in a directory, in no order. @throws DirectoryError when it cannot be listed */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    requireDirectory(directory, { cause: error });
    throw unreadable(directory, error);
  }
}

/** What stands before the names in paths: `join` for each of thousands takes longer than listing them. */
export function prefixOf(directory: string): string {
  return join(directory, sep);
}

/** Those that are names of writers' files, in order. */
export function writerNames(names: readonly string[]): string[] {
  return names.filter((name) => WRITER_NAME.test(name)).sort();
}

function unreadable(path: string, error: unknown): DirectoryError {
  return new DirectoryError(path, `${path} cannot be read: ${cause(error)}`, { cause: error });
}

function cause(error: unknown): string {
  const code = errorCode(error);
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it is, or lies under, a file';
  return error instanceof Error ? error.message : code;
}
