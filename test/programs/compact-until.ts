// Compacts a directory and kills itself right before its n-th call that changes files;
// where it makes fewer it ends in good order.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import type { FileBackendName } from '../helpers/backends.js';

const [backend, directory, last] = process.argv.slice(2) as [FileBackendName, string, string];

/** All by which this library and the lock's change files, through `node:fs`. */
const CHANGING = [
  'openSync',
  'closeSync',
  'writeSync',
  'ftruncateSync',
  'fsyncSync',
  'renameSync',
  'unlinkSync',
  'mkdir',
  'rmdir',
  'utimes',
] as const;

// Before the lock's library copies what it wraps.
let calls = 0;
let armed = false;
const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of CHANGING) {
  const original = functions[name] as (...args: unknown[]) => unknown;
  functions[name] = (...args) => {
    if (armed && ++calls === Number(last)) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();

const { loadBackend } = await import('../helpers/backends.js');
const { observerLater } = await import('../helpers/compaction-scene.js');
const { compactDirectory } = await import('../../src/processes/compaction.js');

const tools = {
  backend: loadBackend(backend),
  observer: observerLater(0),
  onError(error: unknown) {
    throw error;
  },
};
armed = true;
const result = await compactDirectory(directory, tools);
process.send?.(result);
