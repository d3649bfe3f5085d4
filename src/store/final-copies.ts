import { FileFormatError } from '../errors.js';
import type { FileHeader } from '../format/header.js';
import {
  CHUNK_UNIT_BYTES,
  ChunkKind,
  HEADER_BYTES,
  NAME_AT,
  SLOT_BYTES,
} from '../format/layout.js';
import { FINAL_PIECE_BYTES, FINAL_READ_BYTES } from '../limits.js';
import type { LockState, ReadableMapping } from '../mapping/mapping.js';
import type { ChunkSpan } from './chunk-list.js';

/** Which files are final: nobody writes values or records to them any more. */
export interface FinalReading {
  /** Whether a file is, by its header and by what its lock was before that was read. */
  isFinal(header: FileHeader, lock: LockState): boolean;
  readonly copies: FinalCopies;
}

/** Words of the header before this one may be asked for at any time. */
const KEPT_HEADER_BYTES = NAME_AT;

/**
 * Copies of files that no longer change, one behind the other. To map each of a thousand
 * such files takes longer than to read it, and the garbage collector counts what is mapped
 * as if it were the heap's. Memory that is touched for the first time is what reading takes
 * longest for, so no more is kept than is asked for.
 */
export class FinalCopies {
  /** The first chunk of the file that is being read, until the next one is. */
  readonly #first = new Uint8Array(CHUNK_UNIT_BYTES);
  /** Its header, word by word, and the part that is kept. */
  readonly header = wordsOf(this.#first.subarray(0, HEADER_BYTES));
  readonly keptHeader = this.#first.subarray(0, KEPT_HEADER_BYTES);
  /** As many bytes as the last file had in use there: most have as many as others. */
  #head = this.#first.subarray(0, FINAL_READ_BYTES);
  #values = this.#head.subarray(HEADER_BYTES);
  #piece = new Uint8Array(0);
  #used = 0;

  /** Where to read the first bytes of the next file to. */
  get head(): Uint8Array {
    return this.#head;
  }

  /** The values among them. */
  get values(): Uint8Array {
    return this.#values;
  }

  /** Makes the head so long; what was read to it stays. */
  resizeHead(bytes: number): void {
    if (bytes === this.#head.length) return;
    this.#head = this.#first.subarray(0, bytes);
    this.#values = this.#head.subarray(HEADER_BYTES);
  }

  /** Keeps these bytes. */
  keep(bytes: Uint8Array): Uint8Array {
    const kept = this.room(bytes.length);
    kept.set(bytes);
    return kept;
  }

  /** Keeps the values of a first chunk, behind a header's bytes, which say nothing here. */
  keepBehindHeader(values: Uint8Array): Float64Array {
    const { buffer, byteOffset } = this.keep(values);
    const length = (HEADER_BYTES + values.length) / SLOT_BYTES;
    return new Float64Array(buffer, byteOffset - HEADER_BYTES, length);
  }

  /** Memory to keep so many bytes in. */
  room(bytes: number): Uint8Array {
    if (this.#used + bytes > this.#piece.length) {
      this.#piece = new Uint8Array(Math.max(HEADER_BYTES + bytes, FINAL_PIECE_BYTES));
      this.#used = HEADER_BYTES;
    }
    const begin = this.#used;
    this.#used += bytes;
    return this.#piece.subarray(begin, this.#used);
  }
}

/** What is in a file that no longer changes: read once, as far as its chunks are in use. */
export class FinalCopy {
  /** Words of the header before the name. */
  readonly words: Int32Array;
  readonly #mapping: ReadableMapping;
  readonly #copies: FinalCopies;
  readonly #extents: Float64Array[] = [];
  /** Bytes that were read already. */
  readonly #length: number;

  /** The head of the copies begins with `length` bytes of the file: its header, at least. */
  constructor(mapping: ReadableMapping, copies: FinalCopies, length: number) {
    this.#mapping = mapping;
    this.#copies = copies;
    this.#length = length;
    this.words = wordsOf(copies.keep(copies.keptHeader));
  }

  /**
   * Reads the values and the exemplars: of each chunk the bytes before the one of `ends`.
   *
   * @throws FileFormatError when the file was cut off meanwhile
   */
  read(chunks: readonly ChunkSpan[], ends: readonly number[]): void {
    const copies = this.#copies;
    const end = Math.max(ends[0] ?? 0, HEADER_BYTES);
    copies.resizeHead(end);
    if (end > this.#length) this.#fill(copies.head.subarray(this.#length), this.#length);
    this.#extents.push(copies.keepBehindHeader(copies.values));
    for (let number = 1; number < chunks.length; number++) {
      const { kind, begin } = chunks[number] as ChunkSpan;
      const bytes = ends[number] ?? 0;
      if (kind === ChunkKind.records || bytes === 0) continue;
      const room = copies.room(bytes);
      this.#fill(room, begin);
      const { buffer, byteOffset, length } = room;
      this.#extents[number] = new Float64Array(buffer, byteOffset, length / SLOT_BYTES);
    }
  }

  /** A chunk's values, from its begin to the end of its last block. */
  extent(number: number): Float64Array {
    return this.#extents[number] as Float64Array;
  }

  #fill(target: Uint8Array, begin: number): void {
    const read = this.#mapping.read(target, begin);
    if (read === target.length) return;
    const { path } = this.#mapping;
    throw new FileFormatError(path, begin + read, 'values are cut off');
  }
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT);
}
