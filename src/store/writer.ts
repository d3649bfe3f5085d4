import { CapacityError } from '../errors.js';
import { fence } from '../fence.js';
import { EXEMPLAR_SLOTS } from '../format/exemplars.js';
import { encodeHeader, type FileHeader } from '../format/header.js';
import {
  ABSORBED_AT,
  CHUNK_COUNT_AT,
  CHUNK_ENTRY_BYTES,
  CHUNK_TABLE_AT,
  CHUNK_UNIT_BYTES,
  ChunkKind,
  COMMIT_AT,
  HEADER_BYTES,
  HEARTBEAT_AT,
  MARK_AT,
  MAX_CHUNKS,
  REUSE_AT,
  SLOT_BYTES,
  STATE_AT,
  SUPERSEDED_AT,
  WriterState,
} from '../format/layout.js';
import { encodeRecord, type MetricsRecord, RecordKind } from '../format/records.js';
import { MAX_CHUNK_BYTES, MAX_EXEMPLARS, MAX_FILE_BYTES, MAX_RECORD_BYTES } from '../limits.js';
import type { DirtyRange } from '../mapping/dirty-range.js';
import type { WritableMapping } from '../mapping/mapping.js';
import type { Exemplar } from '../model/exemplar.js';
import type { LabelPair, LabelValues } from '../model/labels.js';
import type { MetricDescriptor } from '../model/metric.js';
import { BlockArea } from './block-area.js';
import { clearExemplar, writeExemplar } from './exemplar-writer.js';
import type { Block } from './free-blocks.js';
import type { SlotHolder } from './slots.js';
import { type WritableChunk as Chunk, toChunk } from './writable-chunk.js';

export interface WriterOptions {
  /** Bytes that the file may have. */
  readonly maxFileBytes?: number;
}

/**
 * The single writer of one file. Everything here runs in the thread that made it.
 *
 * Order is what makes readers in other processes safe: bytes of a record first, then
 * the commit word; an entry of the chunk table first, then the number of entries;
 * values of a new series before its record. The words that publish are stored with
 * `Atomics.store`.
 */
export class Writer {
  readonly #mapping: WritableMapping;
  readonly #maxFileBytes: number;
  readonly #words: Int32Array;
  readonly #heartbeat: Float64Array;
  readonly #published: DirtyRange | undefined;
  readonly #values: BlockArea;
  readonly #exemplars: BlockArea;
  #exemplarCount = 0;
  #records: Chunk;
  #size = 0;
  #committed = 0;
  #metricCount = 0;
  #seriesCount = 0;

  /**
   * Lays out a new file in an empty mapping.
   *
   * @throws MappingError when there is no room
   */
  constructor(
    mapping: WritableMapping,
    header: Omit<FileHeader, 'backend' | 'locked'>,
    options: WriterOptions = {},
  ) {
    this.#mapping = mapping;
    const area = (kind: ChunkKind) =>
      new BlockArea({
        flushes: () => mapping.flushes,
        extend: (need) => this.#extend(kind, need),
        announceReuse: () => this.#announceReuse(),
      });
    this.#values = area(ChunkKind.values);
    this.#exemplars = area(ChunkKind.exemplars);
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    const first = mapping.extend(0, CHUNK_UNIT_BYTES);
    this.#size = CHUNK_UNIT_BYTES;
    this.#words = new Int32Array(first, 0, HEADER_BYTES / 4);
    this.#heartbeat = new Float64Array(first, HEARTBEAT_AT, 1);
    // Asked for first, so the file backend writes it last: it publishes the rest.
    this.#published = mapping.track(COMMIT_AT, HEADER_BYTES - COMMIT_AT);
    encodeHeader(first, { ...header, backend: mapping.backend, locked: mapping.locked });
    mapping.track(0, MARK_AT)?.mark(0, MARK_AT / SLOT_BYTES - 1);
    this.#published?.mark(COMMIT_AT / SLOT_BYTES, CHUNK_TABLE_AT / SLOT_BYTES);
    this.#store(STATE_AT, WriterState.live);
    const values = toChunk(first, 0, mapping.track(HEADER_BYTES, CHUNK_UNIT_BYTES - HEADER_BYTES));
    values.used = HEADER_BYTES;
    this.#values.add(values);
    this.#enter(ChunkKind.values, CHUNK_UNIT_BYTES);
    this.#records = this.#extend(ChunkKind.records, CHUNK_UNIT_BYTES);
    this.beat(header.createdMs);
    mapping.flush();
  }

  get mapping(): WritableMapping {
    return this.#mapping;
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /** Publishes a metric and returns its id. `sinceMs` is for archives: when the newest of its writers began. */
  defineMetric(metric: MetricDescriptor, sinceMs = 0): number {
    this.#append({ kind: RecordKind.metric, sinceMs, ...metric });
    return this.#metricCount++;
  }

  /**
   * Gives a series a block of `width` slots with the values of `initial`, zeros where
   * it has none, points `holder` at it and publishes it. Returns the series' id. When
   * it throws, nothing has changed for holder and readers.
   *
   * @throws MappingError | CapacityError
   */
  addSeries(
    metricId: number,
    labelValues: LabelValues,
    width: number,
    holder: SlotHolder,
    initial?: ArrayLike<number>,
  ): number {
    const { chunk, index } = this.#values.allocate(width);
    for (let i = 0; i < width; i++) chunk.values[index + i] = initial?.[i] ?? 0;
    chunk.dirty?.mark(index, index + width - 1);
    const slot = chunk.begin / SLOT_BYTES + index;
    try {
      this.#append({ kind: RecordKind.series, metricId, slot, labelValues });
    } catch (error) {
      this.#values.giveBack({ chunk, index }, width);
      throw error;
    }
    holder.values = chunk.values;
    holder.index = index;
    holder.dirty = chunk.dirty;
    return this.#seriesCount++;
  }

  /**
   * Gives a series an exemplar and returns where it is: later ones of the same bucket go
   * there too. When it throws, nothing has changed for readers.
   *
   * @throws MappingError | CapacityError
   */
  addExemplar(seriesId: number, bucket: number, exemplar: Exemplar): Block {
    if (this.#exemplarCount === MAX_EXEMPLARS) {
      throw new CapacityError(`${this.#mapping.path} has ${MAX_EXEMPLARS} exemplars, the limit`);
    }
    const block = this.#exemplars.allocate(EXEMPLAR_SLOTS);
    writeExemplar(block, exemplar);
    const slot = block.chunk.begin / SLOT_BYTES + block.index;
    try {
      this.#append({ kind: RecordKind.exemplar, seriesId, slot, bucket });
    } catch (error) {
      clearExemplar(block);
      this.#exemplars.giveBack(block, EXEMPLAR_SLOTS);
      throw error;
    }
    this.#exemplarCount++;
    return block;
  }

  /**
   * Takes a series off the page. The block that `holder` points at and those of exemplars
   * serve again for later ones; the caller points the holder elsewhere.
   */
  removeSeries(
    seriesId: number,
    width: number,
    holder: SlotHolder,
    exemplars: readonly Block[] = [],
  ): void {
    this.#append({ kind: RecordKind.remove, seriesId });
    this.#values.leave(holder, width);
    for (const block of exemplars) this.#exemplars.leaveBlock(block, EXEMPLAR_SLOTS);
    this.#exemplarCount -= exemplars.length;
  }

  /** Takes a metric, of which no series are left, off the page. */
  retireMetric(metricId: number): void {
    this.#append({ kind: RecordKind.retire, metricId });
  }

  /** Sets the labels that every series of the metric has besides its own. */
  setDefaultLabels(metricId: number, pairs: readonly LabelPair[]): void {
    this.#append({ kind: RecordKind.defaultLabels, metricId, pairs });
  }

  /** For archives: names a file whose values are in here. */
  addAbsorbed(fileName: string): void {
    this.#append({ kind: RecordKind.absorbed, fileName });
  }

  /**
   * Zeroes all values of a file that was left for another one: a directory that was moved
   * away or hidden by a mount may come back, and the other one has them too.
   */
  empty(): void {
    this.#announceReuse();
    this.#values.empty();
    this.#exemplars.empty();
  }

  /** Whether an archive holds what this writer had written: somebody took it for dead. */
  get isAbsorbed(): boolean {
    return this.#mapping.peek(ABSORBED_AT) !== 0;
  }

  /** Tells readers that another file has this one's name. */
  supersede(): void {
    this.#store(SUPERSEDED_AT, 1);
    this.#mapping.flush();
  }

  /** Bytes of records until now, those of removed series included. */
  get recordBytes(): number {
    return this.#committed;
  }

  /** Says that the writer was alive at `nowMs`, milliseconds since 1970. */
  beat(nowMs: number): void {
    this.#heartbeat[0] = nowMs;
    this.#published?.mark(HEARTBEAT_AT / SLOT_BYTES, HEARTBEAT_AT / SLOT_BYTES);
  }

  /** Says that the writer ends in good order. Later changes still reach the file; the lock goes with the thread. */
  end(): void {
    // First: a flush that fails must not keep later changes from the file.
    this.#mapping.writeThrough();
    this.#store(STATE_AT, WriterState.closed);
    this.#mapping.flush();
  }

  /** A reader that began before and knows slots as they were sees the word changed, and begins again. */
  #announceReuse(): void {
    this.#store(REUSE_AT, (this.#words[REUSE_AT / 4] as number) + 1);
    fence();
  }

  #append(record: MetricsRecord): void {
    const bytes = encodeRecord(record);
    if (bytes.length > MAX_RECORD_BYTES) {
      throw new CapacityError(
        `a record of ${bytes.length} bytes is over the limit of ${MAX_RECORD_BYTES}`,
      );
    }
    let skipped = 0;
    if (this.#records.used + bytes.length > this.#records.bytes.length) {
      // The unused rest of a chunk counts as committed; it is zeros, which say "go on in the next".
      skipped = this.#records.bytes.length - this.#records.used;
      this.#records = this.#extend(ChunkKind.records, bytes.length);
    }
    const chunk = this.#records;
    chunk.bytes.set(bytes, chunk.used);
    chunk.dirty?.mark(chunk.used / SLOT_BYTES, (chunk.used + bytes.length) / SLOT_BYTES - 1);
    chunk.used += bytes.length;
    this.#committed += skipped + bytes.length;
    this.#store(COMMIT_AT, this.#committed);
  }

  /** Adds a chunk of at least `need` bytes: half of the file as it is, so that chunks stay few. */
  #extend(kind: ChunkKind, need: number): Chunk {
    const wish = Math.max(need, Math.min(this.#size / 2, MAX_CHUNK_BYTES));
    const length = Math.ceil(wish / CHUNK_UNIT_BYTES) * CHUNK_UNIT_BYTES;
    const count = this.#words[CHUNK_COUNT_AT / 4] as number;
    if (this.#size + length > this.#maxFileBytes || count === MAX_CHUNKS) {
      throw new CapacityError(
        `${this.#mapping.path}: ${this.#size} bytes in ${count} chunks, and ${length} more are over the limit of ${this.#maxFileBytes}`,
      );
    }
    const begin = this.#size;
    const buffer = this.#mapping.extend(begin, length);
    this.#size += length;
    const chunk = toChunk(buffer, begin, this.#mapping.track(begin, length));
    this.#enter(kind, length);
    return chunk;
  }

  #enter(kind: ChunkKind, length: number): void {
    const count = this.#words[CHUNK_COUNT_AT / 4] as number;
    const entryAt = CHUNK_TABLE_AT + count * CHUNK_ENTRY_BYTES;
    this.#store(entryAt, (kind << 24) | (length / CHUNK_UNIT_BYTES));
    this.#store(CHUNK_COUNT_AT, count + 1);
  }

  #store(at: number, value: number): void {
    Atomics.store(this.#words, at / 4, value);
    const word = Math.floor(at / SLOT_BYTES);
    this.#published?.mark(word, word);
  }
}
