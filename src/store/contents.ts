import { type MetricsRecord, RecordKind } from '../format/records.js';
import type { LabelPair } from '../model/labels.js';
import { type StoredMetric, type StoredSeries, slotsPerSeries } from '../model/metric.js';

interface ReadMetric extends StoredMetric {
  defaultLabels: readonly LabelPair[];
  retired: boolean;
}

export interface ContentsOptions {
  /** When the file was made, milliseconds since 1970. */
  readonly createdMs: number;
  /** Throws when a block does not lie where values lie; `at` is where its record was found. */
  checkBlock(slot: number, width: number, at: number): void;
  /** What to throw for a record, found at `at`, that cannot be. */
  error(at: number, message: string): Error;
}

/** What the records of one file amount to. */
export class Contents {
  readonly #options: ContentsOptions;
  readonly #metrics: ReadMetric[] = [];
  readonly #series: (StoredSeries | undefined)[] = [];
  readonly #absorbed = new Set<string>();

  constructor(options: ContentsOptions) {
    this.#options = options;
  }

  /** Metrics that are defined and not retired. */
  get metrics(): StoredMetric[] {
    return this.#metrics.filter(({ retired }) => !retired);
  }

  /** Series that are added and not removed, in the writer's order. */
  get series(): StoredSeries[] {
    return this.#series.filter(
      (s): s is StoredSeries => s !== undefined && !(s.metric as ReadMetric).retired,
    );
  }

  /** For archives: names of the files whose values are in here. */
  get absorbed(): ReadonlySet<string> {
    return this.#absorbed;
  }

  /** How many label values a series of a metric has; undefined where there is no such metric. */
  labelCount(metricId: number): number | undefined {
    return this.#metrics[metricId]?.labelNames.length;
  }

  /** Takes in the next record, found at byte `at` of the file. */
  apply(record: MetricsRecord, at: number): void {
    switch (record.kind) {
      case RecordKind.metric: {
        const { kind, sinceMs, ...metric } = record;
        this.#metrics.push({
          ...metric,
          id: this.#metrics.length,
          sinceMs: sinceMs === 0 ? this.#options.createdMs : sinceMs,
          defaultLabels: [],
          retired: false,
        });
        return;
      }
      case RecordKind.series: {
        const metric = this.#metric(record.metricId, at);
        this.#options.checkBlock(record.slot, slotsPerSeries(metric), at);
        this.#series.push({ metric, slot: record.slot, labelValues: record.labelValues });
        return;
      }
      case RecordKind.remove:
        if (record.seriesId >= this.#series.length) {
          throw this.#options.error(at, `removal of unknown series ${record.seriesId}`);
        }
        this.#series[record.seriesId] = undefined;
        return;
      case RecordKind.retire:
        this.#metric(record.metricId, at).retired = true;
        return;
      case RecordKind.defaultLabels:
        this.#metric(record.metricId, at).defaultLabels = record.pairs;
        return;
      case RecordKind.absorbed:
        this.#absorbed.add(record.fileName);
        return;
    }
  }

  #metric(id: number, at: number): ReadMetric {
    const metric = this.#metrics[id];
    if (metric === undefined) throw this.#options.error(at, `unknown metric ${id}`);
    return metric;
  }
}
