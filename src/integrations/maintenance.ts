import { existsSync, unlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compactionTools, compactOnce } from '../collect/compactor.js';
import { DirectoryError, errorCode } from '../errors.js';
import { openDead } from '../processes/compaction.js';
import { withCompactionLock } from '../processes/compaction-lock.js';
import {
  ARCHIVE_NAME,
  DIRECTORY_VARIABLE,
  listWriters,
  requireDirectory,
} from '../processes/directory.js';
import { threadState } from '../state.js';

/**
 * Folds what dead writers left into the directory's archive, now and completely, and
 * returns how many were folded. Collectors do it of their own accord; this is for those
 * who want to choose the moment. Any process that may write there can call it; when
 * another one is at it, that one goes on and the answer is 0.
 *
 * @throws DirectoryError when there is no directory
 * @throws Error with a system's code when the directory cannot be written
 */
export async function compact(dir?: string): Promise<number> {
  const directory = directoryOf(dir);
  let absorbed = 0;
  for (;;) {
    const result = await compactOnce(directory);
    if (result === undefined) return absorbed;
    absorbed += result.absorbed;
    if (result.left === 0 || result.absorbed === 0) return absorbed;
  }
}

/**
 * Forgets everything that dead writers left, the archive included: what a start script
 * does before the first process. Live writers keep theirs. Returns how many files went.
 *
 * @throws DirectoryError when there is no directory
 * @throws Error with code `ELOCKED` while another process compacts
 */
export async function resetDirectory(dir?: string): Promise<number> {
  const directory = directoryOf(dir);
  const removed = await withCompactionLock(directory, () => removeDead(directory));
  if (removed !== undefined) return removed;
  throw Object.assign(new Error(`${directory} is being compacted: try again`), { code: 'ELOCKED' });
}

function removeDead(directory: string): number {
  const tools = compactionTools();
  const dead = listWriters(directory).flatMap(({ path }) => {
    const source = openDead(path, tools);
    source?.reader.close();
    return source === undefined ? [] : [path];
  });
  // The archive last: as long as it is there it names files that are not to be read.
  const archive = join(directory, ARCHIVE_NAME);
  const paths = existsSync(archive) ? [...dead, archive] : dead;
  return paths.filter(unlinkIfThere).length;
}

/** False where somebody else has removed the file. */
function unlinkIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function directoryOf(dir: string | undefined): string {
  const directory = dir === undefined ? threadState().directory : resolve(dir);
  if (directory === undefined) {
    throw new DirectoryError('', `${DIRECTORY_VARIABLE} is not set: set it, or give a directory`);
  }
  requireDirectory(directory);
  return directory;
}
