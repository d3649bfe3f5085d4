import { Collector } from '../../collect/collector.js';
import { directoryList } from '../../collect/directories.js';
import { familyFilter } from '../../collect/family-filter.js';
import { SELF_PREFIX } from '../../collect/self-metrics.js';
import { SourceList } from '../../collect/source-list.js';
import type { FileHeader } from '../../format/header.js';
import type { FamilyTable } from '../../model/family.js';
import type { LabelPair } from '../../model/labels.js';
import type { StoredMetric } from '../../model/metric.js';
import { nowMs } from '../../processes/clock.js';
import type { FileSource } from '../../processes/file-source.js';
import { threadLabel } from '../../processes/identity.js';
import type { Liveness } from '../../processes/liveness.js';
import { threadState } from '../../state.js';
import { atOnce } from '../../steps.js';
import { printable } from '../printable.js';

/** One writer at one moment. */
export interface WriterReading {
  readonly path: string;
  /** `<pid>` or `<pid>-<thread>`, before it the stable name where there is one. */
  readonly name: string;
  readonly liveness: Liveness;
  readonly ageMs: number;
  readonly heartbeatAgeMs: number;
  readonly series: number;
  readonly sizeBytes: number;
  /** What its counters were increased by and its histograms and summaries observed, all together. */
  readonly total: number;
}

/** All writers and all that counts, at one moment. */
export interface Snapshot {
  readonly atMs: number;
  readonly directories: readonly string[];
  readonly writers: readonly WriterReading[];
  readonly skipped: number;
  /** Merged: values of counters, numbers of observations, by printable name and labels. */
  readonly series: ReadonlyMap<string, number>;
}

/** Looks at directories again and again; keeps files open between two looks. */
export class Observatory {
  readonly #find: () => Promise<readonly string[]>;
  readonly #wanted: (family: string) => boolean;
  readonly #collector: Collector;
  readonly #list = new SourceList(threadState());

  /** @param names of the families that count; all where not given */
  constructor(named: readonly string[], names: readonly string[] | undefined) {
    this.#find = directoryList(named, threadState());
    const wanted = familyFilter(names);
    this.#wanted = (family) => !family.startsWith(SELF_PREFIX) && wanted(family);
    this.#collector = new Collector({ dir: named, compact: false });
  }

  /** @throws DirectoryError when a directory cannot be read */
  async look(): Promise<Snapshot> {
    const directories = await this.#find();
    const series = await this.#merged();
    atOnce(this.#list.scan(directories));
    const atMs = nowMs();
    const writers = this.#list.sources
      .filter(({ isArchive }) => !isArchive)
      .map((source) => this.#read(source, atMs));
    return { atMs, directories, writers, skipped: this.#list.skipped.length, series };
  }

  close(): void {
    this.#collector.close();
    this.#list.close();
  }

  #merged(): Promise<Map<string, number>> {
    const everything = {
      shown: new Set<never>(),
      defaultLabels: undefined,
      showsOthers: this.#wanted,
    };
    return this.#collector.collectSelection(everything, ({ families }) => {
      const series = new Map<string, number>();
      for (const family of families) {
        if (family.type === 'gauge') continue;
        family.labels.forEach((labels, i) => {
          series.set(seriesName(family.name, labels), amountOf(family, i));
        });
      }
      return series;
    });
  }

  #read(source: FileSource, atMs: number): WriterReading {
    const { reader, contents, liveness } = source;
    let total = 0;
    let series = 0;
    for (const metric of contents.metrics) {
      const own = contents.seriesOf(metric);
      series += own.length;
      if (metric.type === 'gauge' || !this.#wanted(metric.name)) continue;
      for (const { slot } of own) {
        const { extent, index } = contents.place(slot);
        total += slotsAmount(metric, source.extent(extent), index);
      }
    }
    return {
      path: reader.path,
      name: nameOf(reader.header),
      liveness,
      ageMs: atMs - reader.header.createdMs,
      heartbeatAgeMs: atMs - reader.heartbeatMs,
      series,
      sizeBytes: reader.size,
      total,
    };
  }
}

function nameOf(header: FileHeader): string {
  const numbers = threadLabel(header);
  return header.name === '' ? numbers : `${printable(header.name)} ${numbers}`;
}

/** Of a merged series: value of a counter, else how much was observed. */
function amountOf({ type, width, values, bounds }: FamilyTable, series: number): number {
  return amount(type, bounds.length, values, series * width);
}

function slotsAmount({ type, buckets }: StoredMetric, values: Float64Array, at: number): number {
  return amount(type, buckets.length, values, at);
}

function amount(type: string, buckets: number, values: Float64Array, at: number): number {
  if (type !== 'histogram') return values[at] as number;
  let count = 0;
  // One beyond the last bucket, too.
  for (let i = at; i <= at + buckets; i++) count += values[i] as number;
  return count;
}

function seriesName(family: string, labels: readonly LabelPair[]): string {
  const shown = labels.map(([name, value]) => `${name}="${printable(value)}"`);
  return printable(family) + (shown.length === 0 ? '' : `{${shown.join(',')}}`);
}
