import { errorCode, MappingError } from '../errors.js';
import { closeOnce, openFile, readAt } from './descriptor.js';
import { FlushedCopy } from './flushed-copy.js';
import type { LockState, Publication, ReadableMapping, ReadInto } from './mapping.js';
import type { Mapper } from './native.js';

/** A file whose memory is mapped, unless it is one of the file backend. */
export class NativeReader implements ReadableMapping {
  readonly path: string;
  readonly inode: number;
  readonly openedSize: number;
  readonly close: () => void;
  readonly #mapper: Mapper;
  readonly #fd: number;
  readonly #flushSequenceAt: number;
  #copy: FlushedCopy | undefined;
  #isFree = false;

  /** @throws MappingError */
  constructor(mapper: Mapper, path: string, flushSequenceAt: number) {
    const { fd, inode, size } = openFile(path, mapper.status);
    this.path = path;
    this.inode = inode;
    this.openedSize = size;
    this.close = closeOnce(fd);
    this.#mapper = mapper;
    this.#fd = fd;
    this.#flushSequenceAt = flushSequenceAt;
  }

  size(): number {
    return this.#mapper.size(this.#fd);
  }

  reaches(end: number): boolean {
    return this.size() >= end;
  }

  read(target: Uint8Array, offset: number): number {
    return readAt(this.#fd, this.path, target, offset, this.#mapper.read);
  }

  follow({ flushed, headerBytes }: Publication): void {
    // A flush changes mapped memory in no order that a reader of it could follow.
    if (!flushed) return;
    const read: ReadInto = (target, offset) => {
      target.fill(0, this.read(target, offset));
    };
    this.#copy = new FlushedCopy(read, this.#flushSequenceAt, headerBytes);
  }

  map(offset: number, length: number): ArrayBuffer {
    return (
      this.#copy?.map(offset, length) ??
      mapRange(this.#mapper, this.#fd, this.path, offset, length, false)
    );
  }

  pair(): void {}

  refresh(): void {
    this.#copy?.refresh();
  }

  get unsettled(): boolean {
    return this.#copy?.unsettled ?? false;
  }

  probeLock(): LockState {
    // A writer has its lock before its file has a name, and never takes it again.
    if (this.#isFree) return 'free';
    const failure = this.#mapper.flock(this.#fd, 'shared');
    if (failure === 'EWOULDBLOCK') return 'held';
    if (failure !== undefined) return 'unknown';
    this.#mapper.flock(this.#fd, 'unlock');
    this.#isFree = true;
    return 'free';
  }
}

/** @throws MappingError */
export function mapRange(
  mapper: Mapper,
  fd: number,
  path: string,
  offset: number,
  length: number,
  writable: boolean,
): ArrayBuffer {
  try {
    return mapper.map(fd, offset, length, writable);
  } catch (error) {
    throw new MappingError(path, errorCode(error), `cannot map ${length} bytes at ${offset}`, {
      cause: error,
    });
  }
}
