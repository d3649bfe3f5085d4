import { chooseBackend } from '../../src/mapping/backend.js';
import type { Backend } from '../../src/mapping/mapping.js';

export type FileBackendName = Backend['name'];

/** mmap-io compiles against the V8 of these versions and of no newer one. */
const MMAP_IO_NODE_MAJORS = new Set([20, 22]);

/**
 * The backends that must work here: those that `PROM_MULTIPROC_TEST_BACKENDS` lists,
 * else all that this version of Node.js can have. One that does not load fails the
 * tests that ask for it.
 */
export function expectedBackends(): FileBackendName[] {
  const listed = process.env.PROM_MULTIPROC_TEST_BACKENDS;
  if (listed !== undefined && listed !== '') return listed.split(',').map(toName);
  const major = Number(process.versions.node.split('.', 1)[0]);
  return MMAP_IO_NODE_MAJORS.has(major) ? ['mmap', 'mmap-io', 'file'] : ['mmap', 'file'];
}

/** @throws BackendError when it does not load */
export function loadBackend(name: FileBackendName): Backend {
  return chooseBackend(name).backend;
}

function toName(text: string): FileBackendName {
  const name = text.trim();
  if (name === 'mmap' || name === 'mmap-io' || name === 'file') return name;
  throw new Error(`PROM_MULTIPROC_TEST_BACKENDS names "${name}", which is no backend`);
}
