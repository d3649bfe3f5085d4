import { FileFormatError } from '../errors.js';
import { decodeHeader, type FileHeader } from '../format/header.js';
import {
  CHUNK_COUNT_AT,
  CHUNK_ENTRY_BYTES,
  CHUNK_TABLE_AT,
  CHUNK_UNIT_BYTES,
  ChunkKind,
  COMMIT_AT,
  FLUSH_SEQUENCE_AT,
  HEADER_BYTES,
  HEARTBEAT_AT,
  MARK_AT,
  MAX_CHUNK_UNITS,
  MAX_CHUNKS,
  REUSE_AT,
  SLOT_BYTES,
  STATE_AT,
  SUPERSEDED_AT,
} from '../format/layout.js';
import { RecordDecoder } from '../format/record-decoder.js';
import type { Backend, LockState, ReadableMapping } from '../mapping/mapping.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { Contents } from './contents.js';

interface Chunk {
  readonly kind: number;
  readonly begin: number;
  readonly end: number;
  readonly buffer: ArrayBuffer;
  readonly values: Float64Array;
}

/**
 * Reads one writer's file and trusts nothing in it: every offset, length and count is
 * checked before it is used, and nothing beyond the commit word is looked at. It never
 * changes the file.
 *
 * What was parsed once is never parsed again: `update` reads the records that are new.
 */
export class Reader {
  readonly header: FileHeader;
  readonly #mapping: ReadableMapping;
  readonly #words: Int32Array;
  readonly #heartbeat: Float64Array;
  readonly #chunks: Chunk[] = [];
  readonly #contents: Contents;
  /** Record chunks are one stream: how much of it was parsed, and the chunk where that ends. */
  #parsed = 0;
  #chunkAt = 0;
  #streamBegin = 0;
  #version = 0;
  #closed = false;

  /**
   * Opens a file and checks its header.
   *
   * @throws MappingError when it cannot be opened, with code `ENOENT` when it is gone
   * @throws FileFormatError when it is no file of this library
   */
  static open(backend: Backend, path: string): Reader {
    const mapping = backend.open(path, FLUSH_SEQUENCE_AT);
    try {
      return new Reader(mapping);
    } catch (error) {
      mapping.close();
      throw error;
    }
  }

  constructor(mapping: ReadableMapping) {
    this.#mapping = mapping;
    this.header = decodeHeader(mapping.read(0, HEADER_BYTES), mapping.path);
    if (mapping.size() < CHUNK_UNIT_BYTES) {
      throw new FileFormatError(mapping.path, mapping.size(), 'the first chunk is cut off');
    }
    this.#contents = new Contents({
      createdMs: this.header.createdMs,
      checkBlock: (slot, width, at) => this.#checkBlock(slot, width, at),
      error: (at, message) => this.#error(at, message),
    });
    const first = mapping.map(0, CHUNK_UNIT_BYTES);
    this.#words = new Int32Array(first, 0, HEADER_BYTES / 4);
    this.#heartbeat = new Float64Array(first, HEARTBEAT_AT, 1);
    this.#chunks.push({
      kind: ChunkKind.values,
      begin: 0,
      end: CHUNK_UNIT_BYTES,
      buffer: first,
      values: new Float64Array(first),
    });
  }

  get path(): string {
    return this.#mapping.path;
  }

  get inode(): number {
    return this.#mapping.inode;
  }

  /** Changes whenever `metrics` or `series` give something else. */
  get version(): number {
    return this.#version;
  }

  /** Metrics the writer has defined and not retired. */
  get metrics(): StoredMetric[] {
    return this.#contents.metrics;
  }

  /** Series the writer has added and not removed, in its order. */
  get series(): StoredSeries[] {
    return this.#contents.series;
  }

  /** Changes before a removed series' slots are given to another: see `REUSE_AT`. */
  get reuse(): number {
    return Atomics.load(this.#words, REUSE_AT / 4);
  }

  /** For archives: names of the files whose values are in here. */
  get absorbed(): ReadonlySet<string> {
    return this.#contents.absorbed;
  }

  /** Whether another file has this one's name, with the same values. */
  get superseded(): boolean {
    return Atomics.load(this.#words, SUPERSEDED_AT / 4) !== 0;
  }

  get state(): number {
    return Atomics.load(this.#words, STATE_AT / 4);
  }

  get mark(): number {
    return Atomics.load(this.#words, MARK_AT / 4);
  }

  /** Last heartbeat, milliseconds since 1970. */
  get heartbeatMs(): number {
    return this.#heartbeat[0] as number;
  }

  probeLock(): LockState {
    return this.#mapping.probeLock();
  }

  /**
   * Brings values up to date and reads the records that were committed since.
   *
   * @throws FileFormatError when the file contradicts the format; the reader is of no use then
   */
  update(): void {
    this.#mapping.refresh();
    // The commit word first: a chunk that holds committed records is in the table before.
    const committed = Atomics.load(this.#words, COMMIT_AT / 4);
    this.#mapChunks();
    if (committed === this.#parsed) return;
    if (committed < this.#parsed) {
      throw this.#error(COMMIT_AT, `${committed} bytes committed, ${this.#parsed} were before`);
    }
    this.#parse(committed);
    this.#version++;
  }

  /** The extent that holds a block, and the block's first slot in it. The block was checked when it was read. */
  locate(slot: number): { readonly values: Float64Array; readonly index: number } {
    const at = slot * SLOT_BYTES;
    const chunk = this.#chunks.find(({ begin, end }) => at >= begin && at < end);
    if (chunk === undefined) throw this.#error(at, 'no chunk holds the slot');
    return { values: chunk.values, index: (at - chunk.begin) / SLOT_BYTES };
  }

  /** Closes the descriptor, if it is open. Memory that `locate` gave stays valid. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mapping.close();
  }

  #mapChunks(): void {
    const count = Atomics.load(this.#words, CHUNK_COUNT_AT / 4);
    if (count === this.#chunks.length) return;
    if (count < this.#chunks.length || count > MAX_CHUNKS) {
      throw this.#error(CHUNK_COUNT_AT, `${count} chunks; there were ${this.#chunks.length}`);
    }
    const size = this.#mapping.size();
    for (let i = this.#chunks.length; i < count; i++) {
      const entryAt = CHUNK_TABLE_AT + i * CHUNK_ENTRY_BYTES;
      const entry = Atomics.load(this.#words, entryAt / 4);
      const kind = entry >>> 24;
      const length = (entry & MAX_CHUNK_UNITS) * CHUNK_UNIT_BYTES;
      const begin = (this.#chunks[i - 1] as Chunk).end;
      if (length === 0 || begin + length > size) {
        throw this.#error(
          entryAt,
          `chunk of ${length} bytes at ${begin} in a file of ${size} bytes`,
        );
      }
      const buffer = this.#mapping.map(begin, length);
      this.#chunks.push({
        kind,
        begin,
        end: begin + length,
        buffer,
        values: new Float64Array(buffer),
      });
    }
  }

  #parse(committed: number): void {
    for (;;) {
      const chunk = this.#chunks[this.#chunkAt];
      if (chunk === undefined) {
        throw this.#error(COMMIT_AT, `${committed} bytes committed, record chunks end before`);
      }
      if (chunk.kind === ChunkKind.records) {
        const length = chunk.end - chunk.begin;
        const from = this.#parsed - this.#streamBegin;
        const limit = Math.min(length, committed - this.#streamBegin);
        this.#parseChunk(chunk, from, limit);
        if (limit < length || committed === this.#streamBegin + length) {
          this.#parsed = committed;
          return;
        }
        this.#streamBegin += length;
        this.#parsed = this.#streamBegin;
      }
      this.#chunkAt++;
    }
  }

  #parseChunk(chunk: Chunk, from: number, limit: number): void {
    const decoder = new RecordDecoder(chunk.buffer, this.path, chunk.begin);
    const labelCount = (id: number) => this.#contents.labelCount(id);
    let at = from;
    for (;;) {
      const length = decoder.lengthAt(at, limit);
      if (length === 0) return;
      const record = decoder.decode(at, length, labelCount);
      if (record !== undefined) this.#contents.apply(record, chunk.begin + at);
      at += length;
    }
  }

  /** A block lies within one chunk of values, and not in the header. */
  #checkBlock(slot: number, width: number, at: number): void {
    const begin = slot * SLOT_BYTES;
    const end = begin + width * SLOT_BYTES;
    const fits = this.#chunks.some(
      (chunk) =>
        chunk.kind === ChunkKind.values &&
        begin >= Math.max(chunk.begin, HEADER_BYTES) &&
        end <= chunk.end,
    );
    if (!fits) throw this.#error(at, `slots ${slot} to ${slot + width - 1} lie in no values chunk`);
  }

  #error(offset: number, message: string): FileFormatError {
    return new FileFormatError(this.path, offset, message);
  }
}
