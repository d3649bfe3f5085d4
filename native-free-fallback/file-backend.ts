import type { Backend } from '../src/mapping/mapping.js';
import { openReadable } from './file-reader.js';
import { createWritable } from './file-writer.js';

/**
 * The backend that needs no native code. A writer's values live in ordinary memory;
 * what changed goes to the file once per turn of the event loop, at exit, and before
 * a collection in the same thread. The kernel tells nothing of the writer's death
 * here: there is no lock.
 *
 * A flush makes a sequence word odd, writes, and makes it even again, so that a
 * reader can tell that it read between two flushes.
 */
export function fileBackend(): Backend {
  return { name: 'file', create: createWritable, open: openReadable };
}
