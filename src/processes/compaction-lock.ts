import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorCode } from '../errors.js';
import { COMPACT_LOCK_STALE_MS } from '../limits.js';
import { LOCK_NAME } from './directory.js';

/**
 * Does something that only one process at a time may do in a directory; undefined when
 * another one is at it. `stillMine` tells, as late as it is asked, whether the lock was
 * lost to a process that took this one for dead.
 *
 * @throws Error with a system's code where the directory cannot be written
 */
export async function withCompactionLock<T>(
  directory: string,
  action: (stillMine: () => boolean) => T,
): Promise<T | undefined> {
  const lockfile = loadLockfile();
  const lockPath = join(directory, LOCK_NAME);
  let mine = true;
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(directory, {
      lockfilePath: lockPath,
      stale: COMPACT_LOCK_STALE_MS,
      realpath: false,
      retries: 0,
      onCompromised: () => {
        mine = false;
      },
    });
  } catch (error) {
    if (errorCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
  const acquiredMs = performance.now();
  // The action runs in one go, so no timer tells of a compromise meanwhile, nor refreshes
  // the lock: who takes it over makes it anew.
  const acquiredAt = madeAt(lockPath);
  const isOurs = () => mine && acquiredAt !== undefined && madeAt(lockPath) === acquiredAt;
  const stillMine = () => isOurs() && performance.now() - acquiredMs < COMPACT_LOCK_STALE_MS / 2;
  try {
    return action(stillMine);
  } finally {
    // One that is another process's by now is not ours to remove.
    if (isOurs()) await release();
  }
}

/** Time in the lock itself; undefined when it is gone. */
function madeAt(lockPath: string): number | undefined {
  return statSync(lockPath, { throwIfNoEntry: false })?.mtimeMs;
}

/**
 * Loaded when it is needed: most processes never compact. And without what it does to
 * signals through signal-exit, which ends the process at a signal whose last listener
 * was a `once` that just ran, as that of many an orderly shutdown is. A lock that is left
 * for want of it is stale soon.
 */
function loadLockfile(): typeof import('proper-lockfile') {
  const require = createRequire(import.meta.url);
  const before = process.listenerCount('SIGTERM');
  const lockfile = require('proper-lockfile') as typeof import('proper-lockfile');
  // Where it was loaded before, it is the application's.
  if (process.listenerCount('SIGTERM') > before) {
    const signalExit = createRequire(require.resolve('proper-lockfile'))('signal-exit');
    (signalExit as { unload(): void }).unload();
  }
  return lockfile;
}
