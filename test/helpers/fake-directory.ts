import { DirectoryError, MappingError } from '../../src/errors.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import type { Exemplar } from '../../src/model/exemplar.js';
import type { LabelPair, LabelValues } from '../../src/model/labels.js';
import type { MetricDescriptor } from '../../src/model/metric.js';
import type { Block } from '../../src/store/free-blocks.js';
import { Reader } from '../../src/store/reader.js';
import type { SlotHolder } from '../../src/store/slots.js';
import { Store } from '../../src/store/store.js';
import { Writer } from '../../src/store/writer.js';
import { IDENTITY } from './writers.js';

/** What can go wrong with a directory; each can be switched on and off at any time. */
export interface Faults {
  /** Every write that appends to a file is refused. */
  full: boolean;
  /** No file can be made. */
  broken: boolean;
  /** No file gets its final name. */
  unnamed: boolean;
}

/**
 * A store over a directory that is memory: files can be refused, filled up and wiped.
 * What failed is in `errors`.
 */
export class FakeDirectory {
  readonly faults: Faults = { full: false, broken: false, unnamed: false };
  readonly errors: unknown[] = [];
  /** Files that readers see, by path. */
  readonly files = new Map<string, Writer>();
  /** Files that were made and neither named nor discarded yet. */
  readonly unnamed = new Set<Writer>();
  /** How often the store asked for a file. */
  attempts = 0;
  /** What the thread is called: the name in files and memory that are made from now on. */
  name = '';
  readonly store: Store;
  #made = 0;

  /** `set`: whether the store is told of the directory at all. */
  constructor({ set = true } = {}) {
    this.store = new Store({
      openFile: set ? () => this.#open() : undefined,
      publish: (writer, inPlaceOf) => this.#publish(writer, inPlaceOf),
      discard: (writer) => void this.unnamed.delete(writer),
      openMemory: () => new Writer(new MemoryMapping(), this.#header()),
      isPresent: (writer) => [...this.files.values()].includes(writer),
      onError: (error) => this.errors.push(error),
    });
  }

  /** Somebody removes all files. */
  wipe(): void {
    this.files.clear();
  }

  /** Readers of what another process sees. */
  fileReaders(): Reader[] {
    return [...this.files.values()].map(readerOf);
  }

  /** Readers of what this process shows: its memory too. */
  allReaders(): Reader[] {
    return [...this.fileReaders(), readerOf(this.store.memoryWriter)];
  }

  #open(): Writer {
    this.attempts++;
    if (this.faults.broken) throw new DirectoryError('dir', 'dir cannot serve');
    const writer = new FaultyWriter(this.faults, this.#header());
    this.unnamed.add(writer);
    return writer;
  }

  #header() {
    return { ...IDENTITY, name: this.name };
  }

  #publish(writer: Writer, inPlaceOf: Writer | undefined): void {
    if (this.faults.unnamed) throw new MappingError('f', 'EACCES', 'cannot rename the file');
    this.unnamed.delete(writer);
    const [path = String(this.#made++)] =
      [...this.files].find(([, known]) => known === inPlaceOf) ?? [];
    this.files.set(path, writer);
  }
}

function readerOf(writer: Writer): Reader {
  const reader = new Reader((writer.mapping as MemoryMapping).reader());
  reader.update();
  return reader;
}

/** A writer whose disk has not even room for the smallest record while `faults.full` is set. */
class FaultyWriter extends Writer {
  readonly #faults: Faults;

  constructor(faults: Faults, header: typeof IDENTITY) {
    super(new MemoryMapping(), header);
    this.#faults = faults;
  }

  override defineMetric(metric: MetricDescriptor): number {
    this.#check();
    return super.defineMetric(metric);
  }

  override addSeries(
    metricId: number,
    labelValues: LabelValues,
    width: number,
    holder: SlotHolder,
    initial?: ArrayLike<number>,
  ): number {
    this.#check();
    return super.addSeries(metricId, labelValues, width, holder, initial);
  }

  override addExemplar(seriesId: number, bucket: number, exemplar: Exemplar): Block {
    this.#check();
    return super.addExemplar(seriesId, bucket, exemplar);
  }

  override removeSeries(
    seriesId: number,
    width: number,
    holder: SlotHolder,
    exemplars?: readonly Block[],
  ): void {
    this.#check();
    super.removeSeries(seriesId, width, holder, exemplars);
  }

  override retireMetric(metricId: number): void {
    this.#check();
    super.retireMetric(metricId);
  }

  override setDefaultLabels(metricId: number, pairs: readonly LabelPair[]): void {
    this.#check();
    super.setDefaultLabels(metricId, pairs);
  }

  #check(): void {
    if (this.#faults.full) throw new MappingError('f', 'ENOSPC', 'cannot reserve 65536 bytes');
  }
}
