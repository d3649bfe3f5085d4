import { closeOnce, openFile, readAt, sizeOf } from '../src/mapping/descriptor.js';
import { FlushedCopy } from '../src/mapping/flushed-copy.js';
import type {
  FileCopy,
  LockState,
  Publication,
  ReadableMapping,
  ReadInto,
} from '../src/mapping/mapping.js';
import { SettledCopy } from '../src/mapping/settled-copy.js';

const WORD_BYTES = 4;
const lastByte = new Uint8Array(1);

/** See `fileBackend`. */
export function openReadable(path: string, flushSequenceAt: number): ReadableMapping {
  return new FileReader(path, flushSequenceAt);
}

class FileReader implements ReadableMapping {
  readonly path: string;
  readonly inode: number;
  readonly openedSize: number;
  readonly #fd: number;
  readonly #closeFile: () => void;
  readonly #readInto: ReadInto;
  readonly #sequenceAt: number;
  #copy: FileCopy;

  constructor(path: string, sequenceAt: number) {
    this.path = path;
    const { fd, inode, size } = openFile(path);
    this.#fd = fd;
    this.#closeFile = closeOnce(fd);
    this.inode = inode;
    this.openedSize = size;
    this.#readInto = (target, offset) => {
      const read = readAt(this.#fd, path, target, offset);
      if (read < target.length) target.fill(0, read);
    };
    this.#sequenceAt = sequenceAt;
    this.#copy = new FlushedCopy(this.#readInto, sequenceAt, sequenceAt + WORD_BYTES);
  }

  size(): number {
    return sizeOf(this.#fd);
  }

  /** By its last byte: Node.js takes twice as long to make an object of what the system says of a file. */
  reaches(end: number): boolean {
    return readAt(this.#fd, this.path, lastByte, end - 1) === 1;
  }

  read(target: Uint8Array, offset: number): number {
    return readAt(this.#fd, this.path, target, offset);
  }

  follow(publication: Publication): void {
    this.#copy = publication.flushed
      ? new FlushedCopy(this.#readInto, this.#sequenceAt, publication.headerBytes)
      : new SettledCopy(this.#readInto, publication);
  }

  map(offset: number, length: number): ArrayBuffer {
    return this.#copy.map(offset, length);
  }

  pair(offsets: readonly number[]): void {
    this.#copy.pair(offsets);
  }

  refresh(): void {
    this.#copy.refresh();
  }

  get unsettled(): boolean {
    return this.#copy.unsettled;
  }

  probeLock(): LockState {
    return 'unknown';
  }

  close(): void {
    this.#closeFile();
  }
}
