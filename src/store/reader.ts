import { FileFormatError } from '../errors.js';
import { fence } from '../fence.js';
import { decodeHeader, type FileHeader } from '../format/header.js';
import {
  ChunkKind,
  COMMIT_AT,
  FLUSH_SEQUENCE_AT,
  HEADER_BYTES,
  HEARTBEAT_AT,
  MARK_AT,
  REUSE_AT,
  SLOT_BYTES,
  STATE_AT,
  SUPERSEDED_AT,
} from '../format/layout.js';
import { RecordDecoder } from '../format/record-decoder.js';
import { RECORD_ALIGN } from '../format/records.js';
import type { Backend, LockState, ReadableMapping } from '../mapping/mapping.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { ChunkList, type ReadChunk } from './chunk-list.js';
import { Contents } from './contents.js';

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
  readonly #chunks: ChunkList;
  readonly #words: Int32Array;
  readonly #heartbeat: Float64Array;
  readonly #contents: Contents;
  /** Record chunks are one stream: how much of it was parsed, and the chunk where that ends. */
  #parsed = 0;
  #chunkAt = 0;
  #streamBegin = 0;
  #version = 0;
  #closed = false;
  #reuse = 0;

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
    mapping.follow({
      flushed: this.header.backend === 'file',
      headerBytes: HEADER_BYTES,
      reuseAt: REUSE_AT,
    });
    this.#contents = new Contents({
      createdMs: this.header.createdMs,
      checkBlock: (slot, width, at) => this.#checkBlock(slot, width, at),
      error: (at, message) => this.#error(at, message),
    });
    this.#chunks = new ChunkList(mapping);
    this.#words = this.#chunks.words;
    this.#heartbeat = new Float64Array(this.#chunks.first.buffer, HEARTBEAT_AT, 1);
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

  /**
   * Whether a removed series' slots may have been given to another since the last
   * `update`: what was read from them since may stand under the wrong labels.
   */
  get slotsMoved(): boolean {
    fence();
    return Atomics.load(this.#words, REUSE_AT / 4) !== this.#reuse;
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
   * Memory beyond the end of a file that was cut off is a signal to whoever touches it:
   * asked before anything else is.
   *
   * @throws FileFormatError when the file is shorter than it was
   */
  requireWhole(): void {
    this.#chunks.checkSize();
  }

  /**
   * Brings values up to date and reads the records that were committed since.
   *
   * @throws FileFormatError when the file contradicts the format; the reader is of no use then
   */
  update(): void {
    this.requireWhole();
    this.#mapping.refresh();
    // Before the commit word: slots change hands after the removal was committed.
    this.#reuse = Atomics.load(this.#words, REUSE_AT / 4);
    // The commit word first: a chunk that holds committed records is in the table before.
    const committed = Atomics.load(this.#words, COMMIT_AT / 4);
    this.#chunks.grow();
    if (committed === this.#parsed) return;
    if (committed < this.#parsed || committed % RECORD_ALIGN !== 0) {
      throw this.#error(COMMIT_AT, `${committed} bytes committed, ${this.#parsed} were before`);
    }
    this.#parse(committed);
    this.#version++;
  }

  /** The extent that holds a block, and the block's first slot in it. The block was checked when it was read. */
  locate(slot: number): { readonly values: Float64Array; readonly index: number } {
    const at = slot * SLOT_BYTES;
    const chunk = this.#chunks.holding(at);
    if (chunk === undefined) throw this.#error(at, 'no chunk holds the slot');
    return { values: chunk.values, index: (at - chunk.begin) / SLOT_BYTES };
  }

  /** Closes the descriptor, if it is open. Memory that `locate` gave stays valid. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mapping.close();
  }

  #parse(committed: number): void {
    for (;;) {
      const chunk = this.#chunks.at(this.#chunkAt);
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

  #parseChunk(chunk: ReadChunk, from: number, limit: number): void {
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
    if (!this.#chunks.holdsValues(begin, end)) {
      throw this.#error(at, `slots ${slot} to ${slot + width - 1} lie in no values chunk`);
    }
    // A gauge's value and set-time.
    if (width === 2) this.#mapping.pair(begin);
  }

  #error(offset: number, message: string): FileFormatError {
    return new FileFormatError(this.path, offset, message);
  }
}
