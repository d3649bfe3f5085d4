// Compacts a directory and ends with an error unless it was this process that did it.

import process from 'node:process';
import { compactDirectory } from '../../src/processes/compaction.js';
import { type FileBackendName, loadBackend } from '../helpers/backends.js';
import { observerLater } from '../helpers/compaction-scene.js';

const [backend, directory] = process.argv.slice(2) as [FileBackendName, string];
const result = await compactDirectory(directory, {
  backend: loadBackend(backend),
  observer: observerLater(0),
  onError(error) {
    throw error;
  },
});
if (result === undefined || result.absorbed === 0) throw new Error('nothing was folded');
