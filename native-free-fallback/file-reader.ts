import { closeOnce, inodeOf, openFile, readAt, sizeOf } from '../src/mapping/descriptor.js';
import { FlushedCopy } from '../src/mapping/flushed-copy.js';
import type {
  FileCopy,
  LockState,
  Publication,
  ReadableMapping,
  ReadInto,
} from '../src/mapping/mapping.js';
import { SettledCopy } from '../src/mapping/settled-copy.js';

/** See `fileBackend`. */
export function openReadable(path: string, flushSequenceAt: number): ReadableMapping {
  return new FileReader(path, flushSequenceAt);
}

class FileReader implements ReadableMapping {
  readonly path: string;
  readonly inode: number;
  readonly #fd: number;
  readonly #closeFile: () => void;
  readonly #readInto: ReadInto;
  #copy: FileCopy;

  constructor(path: string, sequenceAt: number) {
    this.path = path;
    this.#fd = openFile(path);
    this.#closeFile = closeOnce(this.#fd);
    this.inode = inodeOf(this.#fd);
    this.#readInto = (target, offset) => {
      target.fill(0, readAt(this.#fd, path, target, offset));
    };
    this.#copy = new FlushedCopy(this.#readInto, sequenceAt);
  }

  size(): number {
    return sizeOf(this.#fd);
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readAt(this.#fd, this.path, bytes, offset));
  }

  follow(publication: Publication): void {
    if (publication.flushed) return;
    this.#copy = new SettledCopy(this.#readInto, publication);
  }

  map(offset: number, length: number): ArrayBuffer {
    return this.#copy.map(offset, length);
  }

  pair(offset: number): void {
    this.#copy.pair(offset);
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
