// Extends two writers' files on a disk of 8 chunks until it is full, and stores into
// every byte that was given.

import { MappingError } from '../../src/errors.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { loadBackend } from '../helpers/backends.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

const [name, directory] = process.argv.slice(2) as ['mmap' | 'mmap-io' | 'file', string];
const backend = loadBackend(name);

function growing(path: string): (chunks: number) => string {
  const mapping = backend.create(path, CREATE_OPTIONS);
  let size = 0;
  return (chunks) => {
    const length = chunks * CHUNK_ALIGN_BYTES;
    try {
      const bytes = new Uint8Array(mapping.extend(size, length));
      const region = mapping.track(size, length);
      bytes.fill(1);
      region?.mark(0, length / 8 - 1);
      mapping.flush();
      size += length;
      return 'ok';
    } catch (error) {
      return error instanceof MappingError ? error.code : String(error);
    }
  };
}

const [one, other] = [growing(`${directory}/one`), growing(`${directory}/other`)];
process.send?.([one(3), one(3), one(3), other(2), one(1)]);
