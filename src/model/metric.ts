import type { LabelPair, LabelValues } from './labels.js';

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** The label that samples of a type have of themselves: none of an application's can have its name. */
export function ownLabel(type: MetricType): string | undefined {
  if (type === 'histogram') return 'le';
  return type === 'summary' ? 'quantile' : undefined;
}

/**
 * How a gauge of many processes becomes one value. The first ten are Python's,
 * with Python's meaning; the modes that begin with `live` read live writers
 * only. `average` is the mean over writers, `omit` leaves the metric out.
 */
export const GAUGE_MODES = [
  'all',
  'liveall',
  'sum',
  'livesum',
  'min',
  'livemin',
  'max',
  'livemax',
  'mostrecent',
  'livemostrecent',
  'average',
  'liveaverage',
  'omit',
] as const;
export type GaugeMode = (typeof GAUGE_MODES)[number];

/** What Prometheus's text format takes as the name of a metric, and of a label. */
export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** What a writer says of a metric, once. */
export interface MetricDescriptor {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** `livesum` and of no meaning for anything but gauges. */
  readonly mode: GaugeMode;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending, without `+Inf`; else empty. */
  readonly buckets: readonly number[];
}

/** A metric as read from a writer. */
export interface StoredMetric extends MetricDescriptor {
  /** Number of the metric in its file. */
  readonly id: number;
  /** Labels that the metric's registry adds to every series: prom-client's default labels. */
  readonly defaultLabels: readonly LabelPair[];
  /**
   * When its writer made it, in milliseconds since 1970: the newest wins a disagreement.
   * 0 where it is as old as its writer.
   */
  readonly sinceMs: number;
}

/** A series as read from a writer: where its block of slots begins. */
export interface StoredSeries {
  readonly metric: StoredMetric;
  readonly labelValues: LabelValues;
  /** 8-byte word of the file at which the block begins. */
  readonly slot: number;
  /** Where the entries of its exemplars begin, by bucket, in 8-byte words; of those buckets that have one. */
  readonly exemplarSlots?: readonly (number | undefined)[];
}

/** Gauge modes that need to know whether, or when, a value was set: their block has a second slot for it. */
export function keepsSetTime(mode: GaugeMode): boolean {
  return !(mode === 'sum' || mode === 'livesum' || mode === 'omit');
}

/**
 * Slots of one series:
 * - counter: value
 * - gauge: value, and for modes that do not add a second slot, 0 where the gauge was
 *   never set; else 1, or for the most recent the time in milliseconds since 1970. In an
 *   archive: for averages the number of values that the first slot is the sum of, for
 *   `all` when the writer ended
 * - histogram: one count per bucket, the count beyond the last bucket, sum
 * - summary: count, sum
 */
export function slotsPerSeries(
  metric: Pick<MetricDescriptor, 'type' | 'mode' | 'buckets'>,
): number {
  switch (metric.type) {
    case 'counter':
      return 1;
    case 'gauge':
      return keepsSetTime(metric.mode) ? 2 : 1;
    case 'histogram':
      return metric.buckets.length + 2;
    case 'summary':
      return 2;
  }
}

/** Exemplars that a series can have: one for a counter, one per bucket for a histogram. */
export function exemplarsPerSeries({
  type,
  buckets,
}: Pick<MetricDescriptor, 'type' | 'buckets'>): number {
  if (type === 'histogram') return buckets.length + 1;
  return type === 'counter' ? 1 : 0;
}
