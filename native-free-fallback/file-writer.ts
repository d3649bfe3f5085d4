import {
  closeOnce,
  createFile,
  giveBack,
  inodeOf,
  readAt,
  renameFile,
  reserveByWriting,
  writeAt,
} from '../src/mapping/descriptor.js';
import { DirtyRange } from '../src/mapping/dirty-range.js';
import type { CreateOptions, ReadableMapping, WritableMapping } from '../src/mapping/mapping.js';
import { OwnReader } from '../src/mapping/own-reader.js';

const WORD_BYTES = 8;

interface Extent {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Region {
  readonly extent: Extent;
  readonly range: DirtyRange;
}

/** See `fileBackend`. */
export function createWritable(path: string, options: CreateOptions): WritableMapping {
  return new FileWriter(path, options);
}

class FileWriter implements WritableMapping {
  readonly backend = 'file';
  readonly locked = false;
  readonly inode: number;
  readonly #fd: number;
  readonly #closeFile: () => void;
  readonly #options: CreateOptions;
  readonly #extents: Extent[] = [];
  readonly #buffers = new Map<number, ArrayBuffer>();
  readonly #regions: Region[] = [];
  /** View of the sequence word in the first extent, so that a flush of its neighbours carries it along. */
  #sequence: Uint32Array | undefined;
  #path: string;
  #flushes = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #writeThrough = false;

  constructor(path: string, options: CreateOptions) {
    this.#path = path;
    this.#options = options;
    this.#fd = createFile(path);
    this.#closeFile = closeOnce(this.#fd);
    this.inode = inodeOf(this.#fd);
  }

  get path(): string {
    return this.#path;
  }

  get flushes(): number {
    return this.#flushes;
  }

  extend(offset: number, length: number): ArrayBuffer {
    try {
      reserveByWriting(this.#fd, this.#path, offset, length);
    } catch (error) {
      giveBack(this.#fd, this.#path, offset);
      throw error;
    }
    const bytes = new Uint8Array(length);
    this.#extents.push({ offset, bytes });
    this.#buffers.set(offset, bytes.buffer);
    this.#sequence ??= new Uint32Array(bytes.buffer, this.#options.flushSequenceAt, 1);
    return bytes.buffer;
  }

  peek(offset: number): number {
    const word = new Int32Array(1);
    readAt(this.#fd, this.#path, new Uint8Array(word.buffer), offset);
    return word[0] as number;
  }

  reader(): ReadableMapping {
    return new OwnReader(this, this.#buffers);
  }

  track(offset: number): DirtyRange {
    const extent = this.#extents.find(
      (e) => offset >= e.offset && offset < e.offset + e.bytes.length,
    );
    if (extent === undefined) throw new RangeError(`no extent at ${offset}`);
    const range = new DirtyRange(() => this.#schedule());
    this.#regions.push({ extent, range });
    return range;
  }

  flush(): void {
    this.#unschedule();
    const dirty = this.#regions.filter(({ range }) => range.high >= 0);
    const sequence = this.#sequence;
    if (dirty.length === 0 || sequence === undefined) return;
    // A flush that failed half-way left the word odd here, whatever the file has: it stays
    // odd until all is written.
    if ((sequence[0] as number) % 2 === 0) advance(sequence);
    this.#writeSequence(sequence);
    // Newest first: the header, asked for first, publishes what the others hold.
    for (const { extent, range } of dirty.reverse()) {
      const begin = range.low * WORD_BYTES;
      const end = (range.high + 1) * WORD_BYTES;
      writeAt(this.#fd, this.#path, extent.bytes.subarray(begin, end), extent.offset + begin);
      range.clear();
    }
    advance(sequence);
    this.#writeSequence(sequence);
    this.#flushes++;
  }

  writeThrough(): void {
    this.#writeThrough = true;
  }

  rename(to: string): void {
    renameFile(this.#path, to);
    this.#path = to;
  }

  close(): void {
    this.#unschedule();
    this.#closeFile();
  }

  #writeSequence(sequence: Uint32Array): void {
    const word = new Uint8Array(sequence.buffer, sequence.byteOffset, 4);
    writeAt(this.#fd, this.#path, word, sequence.byteOffset);
  }

  #schedule(): void {
    if (this.#writeThrough) this.#flushInBackground();
    else this.#scheduled ??= setImmediate(() => this.#flushInBackground());
  }

  #flushInBackground(): void {
    this.#scheduled = undefined;
    try {
      this.flush();
    } catch (error) {
      this.#options.onFlushError(error);
    }
  }

  #unschedule(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
  }
}

function advance(sequence: Uint32Array): void {
  sequence[0] = (sequence[0] as number) + 1;
}
