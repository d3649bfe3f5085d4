import { fence } from '../fence.js';
import { decodeHeader, type FileHeader } from '../format/header.js';
import {
  ABSORBED_AT,
  COMMIT_AT,
  FLUSH_SEQUENCE_AT,
  HEADER_BYTES,
  HEARTBEAT_AT,
  MARK_AT,
  REUSE_AT,
  STATE_AT,
  SUPERSEDED_AT,
} from '../format/layout.js';
import type { Backend, LockState, ReadableMapping } from '../mapping/mapping.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { atOnce, type Steps } from '../steps.js';
import { ChunkList, type ChunkSpan } from './chunk-list.js';
import { Contents } from './contents.js';
import { FinalCopy, type FinalReading } from './final-copies.js';
import { RecordCatalog } from './record-catalog.js';
import { RecordStream } from './record-stream.js';

/** Bytes of records from which on they are read ahead. */
const AHEAD_BYTES = 64 * 1024;

/** Words that others than the writer write. */
const MARKS_AT = [MARK_AT, ABSORBED_AT];

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
  readonly #stream: RecordStream;
  readonly #final: FinalCopy | undefined;
  /** The contents of which the mapping knows what belongs together. */
  #paired = Contents.EMPTY;
  #closed = false;
  /** Whether it was updated before: until then its size is that of a moment ago. */
  #known = false;
  #reuse = 0;

  /**
   * Opens a file and checks its header. Files that are opened with one catalog share what
   * their records have in common. Those that `final` says are final are copied, others mapped.
   *
   * @throws MappingError when it cannot be opened, with code `ENOENT` when it is gone
   * @throws FileFormatError when it is no file of this library, or final and none that can be read
   */
  static open(
    backend: Backend,
    path: string,
    catalog?: RecordCatalog,
    final?: FinalReading,
  ): Reader {
    const mapping = backend.open(path, FLUSH_SEQUENCE_AT);
    try {
      return new Reader(mapping, catalog, final);
    } catch (error) {
      mapping.close();
      throw error;
    }
  }

  constructor(
    mapping: ReadableMapping,
    catalog: RecordCatalog = new RecordCatalog(),
    final?: FinalReading,
  ) {
    this.#mapping = mapping;
    // The lock first: what is read of the file of a writer that is gone is the last that it wrote.
    const copies = final !== undefined && mapping.probeLock() === 'free' ? final.copies : undefined;
    const head = copies?.head ?? catalog.memory(HEADER_BYTES);
    const length = mapping.read(head, 0);
    this.header = decodeHeader(head.subarray(0, Math.min(length, HEADER_BYTES)), mapping.path);
    if (copies !== undefined && final?.isFinal(this.header, 'free')) {
      this.#final = new FinalCopy(mapping, copies, length);
    } else {
      mapping.follow({
        flushed: this.header.backend === 'file',
        headerBytes: HEADER_BYTES,
        reuseAt: REUSE_AT,
        marksAt: MARKS_AT,
      });
    }
    this.#chunks = new ChunkList(mapping, this.#final && copies?.header);
    this.#stream = new RecordStream(mapping, this.#chunks, catalog);
    const words = this.#final?.words ?? this.#chunks.words;
    this.#words = words;
    this.#heartbeat = new Float64Array(words.buffer, words.byteOffset + HEARTBEAT_AT, 1);
    // What was read of it is there until the next file is.
    if (this.#final !== undefined) this.update();
  }

  get path(): string {
    return this.#mapping.path;
  }

  get inode(): number {
    return this.#mapping.inode;
  }

  /** Bytes that the file had when it was opened, or when it was last seen to have grown. */
  get size(): number {
    return this.#chunks.size;
  }

  /** Bytes of committed records that were read. */
  get recordBytes(): number {
    return this.#stream.bytes;
  }

  get chunks(): readonly ChunkSpan[] {
    return this.#chunks.spans;
  }

  /** What the records amount to: another object when there are others. */
  get contents(): Contents {
    return this.#stream.contents;
  }

  /** Metrics the writer has defined and not retired. */
  get metrics(): readonly StoredMetric[] {
    return this.contents.metrics;
  }

  /** Series the writer has added and not removed, in its order. */
  get series(): readonly StoredSeries[] {
    return this.contents.series;
  }

  /**
   * Whether a removed series' slots may have been given to another since the last
   * `update`: what was read from them since may stand under the wrong labels.
   */
  get slotsMoved(): boolean {
    fence();
    return this.#mapping.unsettled || Atomics.load(this.#words, REUSE_AT / 4) !== this.#reuse;
  }

  /** For archives: names of the files whose values are in here. */
  get absorbed(): ReadonlySet<string> {
    return this.contents.absorbed;
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

  /** Whether a compactor has said that the archive holds the writer's values. */
  get isAbsorbed(): boolean {
    return Atomics.load(this.#words, ABSORBED_AT / 4) !== 0;
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
    if (this.#final === undefined) {
      if (this.#known) this.requireWhole();
      this.#mapping.refresh();
      this.#readNew();
    } else if (!this.#known) {
      this.#readNew();
      this.#final.read(this.#chunks.spans, this.contents.ends);
    }
    this.#known = true;
  }

  /**
   * Before the first `update`: reads the records that there are in steps, where they are so
   * many that it would take long. Undefined where they are not.
   *
   * @throws FileFormatError, in steps too
   */
  readAhead(): Steps<void> | undefined {
    const committed = Atomics.load(this.#words, COMMIT_AT / 4);
    if (this.#known || committed < AHEAD_BYTES) return undefined;
    this.#chunks.grow();
    return this.#stream.readTo(committed);
  }

  #readNew(): void {
    // Before the commit word: slots change hands after the removal was committed.
    this.#reuse = Atomics.load(this.#words, REUSE_AT / 4);
    // The commit word first: a chunk that holds committed records is in the table before.
    const committed = Atomics.load(this.#words, COMMIT_AT / 4);
    this.#chunks.grow();
    if (committed !== this.#stream.bytes) atOnce(this.#stream.readTo(committed));
    if (this.contents === this.#paired) return;
    this.#paired = this.contents;
    if (this.#final === undefined) this.#mapping.pair(this.contents.pairs);
  }

  /** An extent of values: `Contents.place` says which, and where in it a block begins. */
  extent(number: number): Float64Array {
    return this.#final?.extent(number) ?? this.#chunks.values(number);
  }

  /** The extent that holds a block, and the block's first slot in it. */
  locate(slot: number): { readonly values: Float64Array; readonly index: number } {
    const { extent, index } = this.contents.place(slot);
    return { values: this.extent(extent), index };
  }

  /** Closes the descriptor, if it is open. Memory that `locate` gave stays valid. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mapping.close();
  }
}
