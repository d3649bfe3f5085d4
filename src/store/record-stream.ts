import { FileFormatError } from '../errors.js';
import { ChunkKind, COMMIT_AT, SLOT_BYTES } from '../format/layout.js';
import type { RecordPiece } from '../format/record-decoder.js';
import { RECORD_ALIGN } from '../format/records.js';
import { MAX_RECORD_BYTES, RECORD_PIECE_BYTES } from '../limits.js';
import type { ReadableMapping } from '../mapping/mapping.js';
import type { Steps } from '../steps.js';
import type { ChunkList, ChunkSpan } from './chunk-list.js';
import { Contents } from './contents.js';
import type { RecordCatalog } from './record-catalog.js';

/** The record chunks of somebody's file, which are one stream. What was read once is never read again. */
export class RecordStream {
  readonly #mapping: ReadableMapping;
  readonly #chunks: ChunkList;
  readonly #catalog: RecordCatalog;
  #contents = Contents.EMPTY;
  /** How much of it was read, and the chunk where that ends. */
  #read = 0;
  #chunkAt = 0;
  #chunkBegin = 0;

  constructor(mapping: ReadableMapping, chunks: ChunkList, catalog: RecordCatalog) {
    this.#mapping = mapping;
    this.#chunks = chunks;
    this.#catalog = catalog;
  }

  /** What the records that were read amount to: another object when there are others. */
  get contents(): Contents {
    return this.#contents;
  }

  /** Bytes that were read. */
  get bytes(): number {
    return this.#read;
  }

  /**
   * Reads on up to `committed`, in steps between which nothing else is read with the same
   * catalog. The chunks up to there are known.
   *
   * @throws FileFormatError
   */
  *readTo(committed: number): Steps<void> {
    if (committed < this.#read || committed % RECORD_ALIGN !== 0) {
      throw this.#error(COMMIT_AT, `${committed} bytes committed, ${this.#read} were before`);
    }
    while (this.#read < committed) {
      const chunk = this.#chunks.spans[this.#chunkAt];
      if (chunk === undefined) {
        throw this.#error(COMMIT_AT, `${committed} bytes committed, record chunks end before`);
      }
      if (chunk.kind === ChunkKind.records) {
        const chunkEnd = this.#chunkBegin + chunk.end - chunk.begin;
        const end = Math.min(committed, chunkEnd);
        while (this.#read < end) yield* this.#readPiece(chunk, end, committed >= chunkEnd);
        if (this.#read < chunkEnd) return;
        this.#chunkBegin = chunkEnd;
      }
      this.#chunkAt++;
    }
  }

  /** Reads a piece of a chunk, of which the stream has as much as up to `end`: all of it, where it is `whole`. */
  *#readPiece(chunk: ChunkSpan, end: number, whole: boolean): Steps<void> {
    const { path } = this.#mapping;
    const checkBlock = (kind: ChunkKind, slot: number, width: number, at: number) =>
      this.#checkBlock(kind, slot, width, at);
    const file = { chunks: this.#chunks.spans, layout: this.#chunks.layout, checkBlock };
    const begin = chunk.begin + this.#read - this.#chunkBegin;
    const left = end - this.#read;
    for (let size = RECORD_PIECE_BYTES; ; size *= 2) {
      const ends = left > size ? 'anywhere' : whole ? 'chunk' : 'record';
      const bytes = this.#catalog.memory(Math.min(left, size));
      if (this.#mapping.read(bytes, begin) < bytes.length) {
        throw this.#error(begin, `${bytes.length} bytes of records are cut off`);
      }
      const piece: RecordPiece = { path, begin, bytes, ends };
      const read = yield* this.#catalog.read(file, this.#contents, piece);
      this.#contents = read.contents;
      this.#read += read.bytes;
      if (read.bytes > 0) return;
      // A record, or the zeros after the last, that is longer than the piece.
      if (size > MAX_RECORD_BYTES) throw this.#error(begin, `no record in ${size} bytes`);
    }
  }

  /** A block lies within one chunk of its kind, and not in the header. */
  #checkBlock(kind: ChunkKind, slot: number, width: number, at: number): void {
    const begin = slot * SLOT_BYTES;
    const end = begin + width * SLOT_BYTES;
    if (!this.#chunks.lieIn(kind, begin, end)) {
      const what = kind === ChunkKind.values ? 'values' : 'exemplars';
      throw this.#error(at, `slots ${slot} to ${slot + width - 1} lie in no ${what} chunk`);
    }
  }

  #error(offset: number, message: string): FileFormatError {
    return new FileFormatError(this.#mapping.path, offset, message);
  }
}
