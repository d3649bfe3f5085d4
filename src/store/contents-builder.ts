import { EXEMPLAR_SLOTS } from '../format/exemplars.js';
import { ChunkKind } from '../format/layout.js';
import { type ExemplarRecord, type MetricsRecord, RecordKind } from '../format/records.js';
import { exemplarsPerSeries, type StoredSeries, slotsPerSeries } from '../model/metric.js';
import type { ChunkSpan } from './chunk-list.js';
import { Contents, type ReadMetric } from './contents.js';

export interface RecordChecks {
  /** Throws when a block does not lie in a chunk of its kind; `at` is where its record was found. */
  checkBlock(kind: ChunkKind, slot: number, width: number, at: number): void;
  /** What to throw for a record, found at `at`, that cannot be. */
  error(at: number, message: string): Error;
}

/** Takes in the records that follow those of some contents, and gives the contents of all. */
export class ContentsBuilder {
  readonly #checks: RecordChecks;
  readonly #metrics: ReadMetric[];
  readonly #series: (StoredSeries | undefined)[];
  readonly #absorbed: Set<string>;
  /** Whether series refer to metrics as they were before a record changed them. */
  #outdated = false;

  constructor(before: Contents, checks: RecordChecks) {
    const { metrics, series, absorbed } = before.entries;
    this.#checks = checks;
    this.#metrics = [...metrics];
    this.#series = [...series];
    this.#absorbed = new Set(absorbed);
  }

  /** How many label values a series of a metric has; undefined where there is no such metric. */
  labelCount(metricId: number): number | undefined {
    return this.#metrics[metricId]?.labelNames.length;
  }

  /** Takes in the next record, found at byte `at` of the file. */
  apply(record: MetricsRecord, at: number): void {
    switch (record.kind) {
      case RecordKind.metric: {
        const { kind, ...metric } = record;
        this.#metrics.push({
          ...metric,
          id: this.#metrics.length,
          defaultLabels: [],
          retired: false,
        });
        return;
      }
      case RecordKind.series: {
        const metric = this.#metric(record.metricId, at);
        this.#checks.checkBlock(ChunkKind.values, record.slot, slotsPerSeries(metric), at);
        this.#series.push({ metric, slot: record.slot, labelValues: record.labelValues });
        return;
      }
      case RecordKind.remove:
        if (record.seriesId >= this.#series.length) {
          throw this.#checks.error(at, `removal of unknown series ${record.seriesId}`);
        }
        this.#series[record.seriesId] = undefined;
        return;
      case RecordKind.retire:
        this.#replace(this.#metric(record.metricId, at), { retired: true });
        return;
      case RecordKind.defaultLabels:
        this.#replace(this.#metric(record.metricId, at), { defaultLabels: record.pairs });
        return;
      case RecordKind.absorbed:
        this.#absorbed.add(record.fileName);
        return;
      case RecordKind.exemplar:
        this.#addExemplar(record, at);
        return;
    }
  }

  /** The contents of all records; blocks lie in these chunks. */
  build(chunks: readonly ChunkSpan[]): Contents {
    const series = this.#outdated ? this.#series.map((one) => this.#current(one)) : this.#series;
    return new Contents({ metrics: this.#metrics, series, absorbed: this.#absorbed }, chunks);
  }

  #addExemplar({ seriesId, slot, bucket }: ExemplarRecord, at: number): void {
    if (seriesId >= this.#series.length) {
      throw this.#checks.error(at, `exemplar of unknown series ${seriesId}`);
    }
    this.#checks.checkBlock(ChunkKind.exemplars, slot, EXEMPLAR_SLOTS, at);
    const series = this.#series[seriesId];
    // Gone with its exemplars.
    if (series === undefined) return;
    if (bucket >= exemplarsPerSeries(series.metric)) {
      throw this.#checks.error(at, `exemplar of bucket ${bucket}, which there is not`);
    }
    // Other contents may have the series as it was.
    const exemplarSlots = [...(series.exemplarSlots ?? [])];
    exemplarSlots[bucket] = slot;
    this.#series[seriesId] = { ...series, exemplarSlots };
  }

  /** Other contents may have the metric as it was. */
  #replace(metric: ReadMetric, change: Partial<ReadMetric>): void {
    this.#metrics[metric.id] = { ...metric, ...change };
    this.#outdated = true;
  }

  #current(series: StoredSeries | undefined): StoredSeries | undefined {
    if (series === undefined) return undefined;
    const metric = this.#metrics[series.metric.id] as ReadMetric;
    return metric === series.metric ? series : { ...series, metric };
  }

  #metric(id: number, at: number): ReadMetric {
    const metric = this.#metrics[id];
    if (metric === undefined) throw this.#checks.error(at, `unknown metric ${id}`);
    return metric;
  }
}
