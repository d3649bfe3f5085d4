import { FileFormatError } from '../errors.js';
import {
  CHUNK_COUNT_AT,
  CHUNK_ENTRY_BYTES,
  CHUNK_TABLE_AT,
  CHUNK_UNIT_BYTES,
  ChunkKind,
  HEADER_BYTES,
  MAX_CHUNK_UNITS,
  MAX_CHUNKS,
} from '../format/layout.js';
import { MAX_FILE_BYTES } from '../limits.js';
import type { ReadableMapping } from '../mapping/mapping.js';

/** One chunk of somebody's file: bytes `begin` to `end - 1`. */
export interface ChunkSpan {
  readonly kind: number;
  readonly begin: number;
  readonly end: number;
}

interface Chunk extends ChunkSpan {
  /** Where the chunk is one of values or exemplars, and they are mapped: all of it. */
  readonly values: Float64Array | undefined;
}

/**
 * The chunks of somebody's file, known as its chunk table grows. Every entry is checked
 * against the file's size. Those that change in place are mapped; records are read once.
 */
export class ChunkList {
  /** The first `HEADER_BYTES`, word by word. */
  readonly words: Int32Array;
  readonly #mapping: ReadableMapping;
  readonly #maps: boolean;
  readonly #chunks: Chunk[];
  #layout = '';
  /** Bytes that the file had when it was opened, or when it was last seen to have grown. */
  #size: number;

  /**
   * Where there is a copy of the header, nothing is mapped.
   *
   * @throws FileFormatError when not even the first chunk is there
   */
  constructor(mapping: ReadableMapping, header?: Int32Array) {
    this.#mapping = mapping;
    this.#maps = header === undefined;
    this.#size = mapping.openedSize;
    if (this.#size < CHUNK_UNIT_BYTES) {
      throw new FileFormatError(mapping.path, this.#size, 'the first chunk is cut off');
    }
    this.#chunks = [];
    const first = this.#add(ChunkKind.values, 0, CHUNK_UNIT_BYTES);
    this.words = header ?? new Int32Array((first as Float64Array).buffer, 0, HEADER_BYTES / 4);
  }

  get size(): number {
    return this.#size;
  }

  get spans(): readonly ChunkSpan[] {
    return this.#chunks;
  }

  /** Equal for two files exactly when all their chunks are; begins with what it was before. */
  get layout(): string {
    return this.#layout;
  }

  /** The values, or the exemplars, of a chunk, from its begin on. */
  values(number: number): Float64Array {
    return this.#chunks[number]?.values as Float64Array;
  }

  /** Whether bytes `begin` to `end - 1` lie in one chunk of this kind, and not in the header. */
  lieIn(kind: ChunkKind, begin: number, end: number): boolean {
    if (begin < HEADER_BYTES) return false;
    for (let i = 0; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i] as Chunk;
      if (chunk.kind === kind && begin >= chunk.begin && end <= chunk.end) return true;
    }
    return false;
  }

  /** @throws FileFormatError when the file is shorter than what is mapped of it */
  checkSize(): void {
    const { end } = this.#chunks[this.#chunks.length - 1] as Chunk;
    if (this.#mapping.reaches(end)) return;
    this.#size = this.#mapping.size();
    throw this.#error(this.#size, `the file is cut off: it had ${end} bytes`);
  }

  /** Takes in the chunks that are new in the table. @throws FileFormatError when the table lies */
  grow(): void {
    const known = this.#chunks.length;
    const count = Atomics.load(this.words, CHUNK_COUNT_AT / 4);
    if (count === known) return;
    if (count < known || count > MAX_CHUNKS) {
      throw this.#error(CHUNK_COUNT_AT, `${count} chunks; there were ${known}`);
    }
    if (known === 1) this.#checkFirst();
    for (let i = known; i < count; i++) {
      const entryAt = CHUNK_TABLE_AT + i * CHUNK_ENTRY_BYTES;
      const entry = Atomics.load(this.words, entryAt / 4);
      const length = (entry & MAX_CHUNK_UNITS) * CHUNK_UNIT_BYTES;
      const begin = (this.#chunks[i - 1] as Chunk).end;
      if (length === 0 || !this.#holds(begin + length)) {
        const limit = Math.min(this.#size, MAX_FILE_BYTES);
        throw this.#error(entryAt, `chunk of ${length} bytes at ${begin}, where ${limit} can be`);
      }
      this.#add(entry >>> 24, begin, length);
    }
  }

  #add(kind: number, begin: number, length: number): Float64Array | undefined {
    const mapped = this.#maps && (kind === ChunkKind.values || kind === ChunkKind.exemplars);
    const values = mapped ? new Float64Array(this.#mapping.map(begin, length)) : undefined;
    this.#chunks.push({ kind, begin, end: begin + length, values });
    this.#layout += `${kind}:${length} `;
    return values;
  }

  /** Whether the file may have, and has, so many bytes. */
  #holds(bytes: number): boolean {
    if (bytes > this.#size) this.#size = this.#mapping.size();
    return bytes <= Math.min(this.#size, MAX_FILE_BYTES);
  }

  #checkFirst(): void {
    const entry = Atomics.load(this.words, CHUNK_TABLE_AT / 4);
    if (entry === ((ChunkKind.values << 24) | 1)) return;
    throw this.#error(CHUNK_TABLE_AT, 'the first chunk is not one unit of values');
  }

  #error(offset: number, message: string): FileFormatError {
    return new FileFormatError(this.#mapping.path, offset, message);
  }
}
