import { constants } from 'node:fs';
import type { FileStatus } from './descriptor.js';

/** What koffi gives for a library. */
type Library = ReturnType<typeof import('koffi')['load']>;

const AT_EMPTY_PATH = 0x1000;
const STATX_TYPE = 0x1;
const STATX_INO = 0x100;
const STATX_SIZE = 0x200;

// Of `struct statx`, which is the same on every architecture: linux/stat.h.
const STRUCT_BYTES = 256;
const MODE_AT = 28;
const INODE_AT = 32;
const SIZE_AT = 40;

/**
 * What an open file is, by the call that is Linux's own: `fstat` of Node.js makes an object
 * with four dates, which is several times what the rest of opening a file takes, and the
 * structure of the C library's has another shape on every architecture.
 *
 * Undefined where the C library has no `statx`; what is returned gives undefined where the
 * system refuses it.
 */
export function bindStatx(library: Library): ((fd: number) => FileStatus | undefined) | undefined {
  const statx = find(library);
  if (statx === undefined) return undefined;
  const status = new ArrayBuffer(STRUCT_BYTES);
  const bytes = new Uint8Array(status);
  const mode = new Uint16Array(status, MODE_AT, 1);
  const inode = new BigUint64Array(status, INODE_AT, 1);
  const size = new BigUint64Array(status, SIZE_AT, 1);
  return (fd) => {
    if (statx(fd, '', AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_SIZE, bytes) !== 0) {
      return undefined;
    }
    const isFile = ((mode[0] as number) & constants.S_IFMT) === constants.S_IFREG;
    return { isFile, inode: Number(inode[0]), size: Number(size[0]) };
  };
}

function find(library: Library) {
  if (process.platform !== 'linux') return undefined;
  try {
    return library.func('statx', 'int', ['int', 'str', 'int', 'uint', 'void *']);
  } catch {
    // A C library from before 2018.
    return undefined;
  }
}
