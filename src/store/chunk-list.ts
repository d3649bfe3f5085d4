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
  SLOT_BYTES,
} from '../format/layout.js';
import { MAX_FILE_BYTES } from '../limits.js';
import type { ReadableMapping } from '../mapping/mapping.js';

/** One mapped chunk of somebody's file: bytes `begin` to `end - 1`. */
export interface ReadChunk {
  readonly kind: number;
  readonly begin: number;
  readonly end: number;
  readonly buffer: ArrayBuffer;
  readonly values: Float64Array;
}

/** The chunks of somebody's file, mapped as its chunk table grows. Every entry is checked against the file's size. */
export class ChunkList {
  /** The first `HEADER_BYTES`, word by word. */
  readonly words: Int32Array;
  readonly #mapping: ReadableMapping;
  readonly #chunks: ReadChunk[];

  /** @throws FileFormatError when not even the first chunk is there */
  constructor(mapping: ReadableMapping) {
    this.#mapping = mapping;
    if (mapping.size() < CHUNK_UNIT_BYTES) {
      throw new FileFormatError(mapping.path, mapping.size(), 'the first chunk is cut off');
    }
    this.#chunks = [map(mapping, ChunkKind.values, 0, CHUNK_UNIT_BYTES)];
    this.words = new Int32Array(this.first.buffer, 0, HEADER_BYTES / 4);
  }

  get first(): ReadChunk {
    return this.#chunks[0] as ReadChunk;
  }

  at(index: number): ReadChunk | undefined {
    return this.#chunks[index];
  }

  /** The chunk that holds a byte of the file. */
  holding(offset: number): ReadChunk | undefined {
    return this.#chunks.find(({ begin, end }) => offset >= begin && offset < end);
  }

  /** Whether bytes `begin` to `end - 1` lie in one chunk of values, and not in the header. */
  holdsValues(begin: number, end: number): boolean {
    return this.#chunks.some(
      (chunk) =>
        chunk.kind === ChunkKind.values &&
        begin >= Math.max(chunk.begin, HEADER_BYTES) &&
        end <= chunk.end,
    );
  }

  /** @throws FileFormatError when the file is shorter than what is mapped of it */
  checkSize(): void {
    const size = this.#mapping.size();
    const { end } = this.#chunks.at(-1) as ReadChunk;
    if (size < end) throw this.#error(size, `the file is cut off: it had ${end} bytes`);
  }

  /** Maps the chunks that are new in the table. @throws FileFormatError when the table lies */
  grow(): void {
    const known = this.#chunks.length;
    const count = Atomics.load(this.words, CHUNK_COUNT_AT / 4);
    if (count === known) return;
    if (count < known || count > MAX_CHUNKS) {
      throw this.#error(CHUNK_COUNT_AT, `${count} chunks; there were ${known}`);
    }
    if (known === 1) this.#checkFirst();
    const size = Math.min(this.#mapping.size(), MAX_FILE_BYTES);
    for (let i = known; i < count; i++) {
      const entryAt = CHUNK_TABLE_AT + i * CHUNK_ENTRY_BYTES;
      const entry = Atomics.load(this.words, entryAt / 4);
      const length = (entry & MAX_CHUNK_UNITS) * CHUNK_UNIT_BYTES;
      const begin = (this.#chunks[i - 1] as ReadChunk).end;
      if (length === 0 || begin + length > size) {
        throw this.#error(entryAt, `chunk of ${length} bytes at ${begin}, where ${size} can be`);
      }
      this.#chunks.push(map(this.#mapping, entry >>> 24, begin, length));
    }
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

function map(mapping: ReadableMapping, kind: number, begin: number, length: number): ReadChunk {
  const buffer = mapping.map(begin, length);
  const values = new Float64Array(buffer, 0, length / SLOT_BYTES);
  return { kind, begin, end: begin + length, buffer, values };
}
