import type { Exemplar } from './exemplar.js';
import type { LabelPair } from './labels.js';
import type { GaugeMode, MetricType } from './metric.js';

/**
 * All series of one metric name after merging, as columns: series `i` has the
 * labels `labels[i]` and the values `values[i * width]` to
 * `values[i * width + width - 1]`. Histogram counts are raw, not cumulative.
 *
 * | type | width | values |
 * |---|---|---|
 * | counter, gauge | 1 | value |
 * | summary | 2 | count, sum |
 * | histogram | bounds + 2 | count of each bucket, count beyond the last, sum |
 */
export interface FamilyTable {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** Of a gauge that writers have: how their values became one. */
  readonly mode?: GaugeMode;
  readonly bounds: readonly number[];
  readonly width: number;
  readonly labels: readonly (readonly LabelPair[])[];
  /** Numbers of the series in the order in which a page shows them. */
  readonly order: Int32Array;
  readonly values: Float64Array;
  /** Exemplar `i` is of value `i`: of a counter, or of a histogram's bucket. Absent where there are none. */
  readonly exemplars?: readonly (Exemplar | undefined)[];
  /** Another number when `values` or `exemplars` may have changed. */
  readonly stamp: number;
}

/** One line of a page, as data. */
export interface Sample {
  /** Name of the line: the family's name with `_bucket`, `_sum` or `_count` where it has one. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** What led to it, of a counter or a histogram's bucket, where it has one. */
  readonly exemplar?: SampleExemplar;
}

/** An exemplar, as data. */
export interface SampleExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestampSeconds: number;
}

/** All samples of one metric name. Bucket samples are cumulative, as on the page. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly Sample[];
}

/** Values of one series of a family. */
export function familyWidth(type: MetricType, bounds: readonly number[]): number {
  if (type === 'histogram') return bounds.length + 2;
  return type === 'summary' ? 2 : 1;
}
