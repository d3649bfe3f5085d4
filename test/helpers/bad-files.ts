import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { BYTE_ORDER_AT, CHUNK_UNIT_BYTES, MAGIC, VERSION_AT } from '../../src/format/layout.js';

export interface BadFile {
  /** The reason under which it is counted. */
  readonly reason: string;
  /** Puts it at `path`. `good` is a whole file of a writer; `elsewhere` a path that holds it. */
  make(path: string, good: Uint8Array, elsewhere: string): void;
}

/** Files that may lie where a writer's file or the archive should, by what they are. */
export const BAD_FILES: Readonly<Record<string, BadFile>> = {
  'a file of no bytes': {
    reason: 'FileFormatError',
    make: (path) => writeFileSync(path, ''),
  },
  'half of a header': {
    reason: 'FileFormatError',
    make: (path, good) => writeFileSync(path, good.subarray(0, 100)),
  },
  'a file that ends in its first records': {
    reason: 'FileFormatError',
    make: (path, good) => writeFileSync(path, good.subarray(0, CHUNK_UNIT_BYTES + 8)),
  },
  'a file of another program': {
    reason: 'FileFormatError',
    make: (path, good) => writeFileSync(path, patched(good, 0, [...MAGIC].reverse())),
  },
  'a file of a newer version': {
    reason: 'UnsupportedFileError',
    make: (path, good) => writeFileSync(path, patched(good, VERSION_AT, [99])),
  },
  'a file of the other byte order': {
    reason: 'UnsupportedFileError',
    make: (path, good) => {
      const order = good.slice(BYTE_ORDER_AT, BYTE_ORDER_AT + 4).reverse();
      writeFileSync(path, patched(good, BYTE_ORDER_AT, order));
    },
  },
  'a directory': {
    reason: 'ENOTREG',
    make: (path) => mkdirSync(path),
  },
  'a FIFO that nobody writes': {
    reason: 'ENOTREG',
    make: (path) => execFileSync('mkfifo', [path]),
  },
  'a symbolic link to a good file elsewhere': {
    reason: 'ELOOP',
    make: (path, _good, elsewhere) => symlinkSync(elsewhere, path),
  },
  'a sparse file of 10 GB': {
    reason: 'FileFormatError',
    make: (path) => {
      writeFileSync(path, '');
      truncateSync(path, 10 * 1024 ** 3);
    },
  },
  'a file of the Python client': {
    reason: 'FileFormatError',
    make: (path) => writeFileSync(path, pythonFile()),
  },
};

function patched(good: Uint8Array, at: number, bytes: ArrayLike<number>): Uint8Array {
  const copy = Uint8Array.from(good);
  copy.set(bytes, at);
  return copy;
}

/** One counter as the Python client's `MmapedDict` writes it: used bytes, then key and value. */
function pythonFile(): Uint8Array {
  const key = JSON.stringify(['good_total', 'good_total', {}, 'Good.']);
  const padded = key + ' '.repeat(8 - ((key.length + 4) % 8));
  const file = Buffer.alloc(1024 * 1024);
  const end = 8 + 4 + padded.length;
  file.writeInt32LE(end + 16, 0);
  file.writeInt32LE(padded.length, 8);
  file.write(padded, 12);
  file.writeDoubleLE(1000, end);
  return file;
}
