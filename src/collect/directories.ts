import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DirectoryError } from '../errors.js';
import { DIRECTORY_VARIABLE, ensureDirectory, requireDirectory } from '../processes/directory.js';
import type { ThreadState } from '../state.js';

/** Tells which directories to read now: a pattern can match others at every scrape. */
export type DirectoryList = () => Promise<readonly string[]>;

/** What no pattern is without. */
const MAY_BE_PATTERN = /[*?[\]{}()!+@\\]/;

/**
 * Directories by path or glob pattern; what the environment names where not given.
 *
 * @throws DirectoryError when nothing is given and the variable is not set
 */
export function directoryList(
  dir: string | readonly string[] | undefined,
  state: ThreadState,
): DirectoryList {
  if (dir === undefined) {
    if (state.directory === undefined) {
      throw new DirectoryError(
        '',
        `${DIRECTORY_VARIABLE} is not set: set it before the process starts, or give a directory with the option dir`,
      );
    }
    const own = [state.directory];
    return async () => own;
  }
  const wanted = typeof dir === 'string' ? [dir] : [...dir];
  // Most applications read the one directory they write, and need no patterns loaded.
  if (!wanted.some((path) => MAY_BE_PATTERN.test(path))) {
    const paths = [...new Set(wanted.map((path) => resolve(path)))].sort();
    return async () => paths;
  }
  return async () => {
    const { default: glob } = await import('fast-glob');
    const found = await Promise.all(
      wanted.map((path) =>
        glob.isDynamicPattern(path)
          ? glob(path, { onlyDirectories: true, absolute: true })
          : [resolve(path)],
      ),
    );
    return [...new Set(found.flat())].sort();
  };
}

/**
 * Makes the environment's directory; of directories that are given by path only refuses
 * what is there and is something else.
 *
 * @throws DirectoryError
 */
export function prepareDirectories(
  dir: string | readonly string[] | undefined,
  state: ThreadState,
): void {
  if (dir === undefined) {
    if (state.directory !== undefined) ensureDirectory(state.directory);
    return;
  }
  for (const path of typeof dir === 'string' ? [dir] : dir) {
    if (existsSync(path)) requireDirectory(resolve(path));
  }
}
