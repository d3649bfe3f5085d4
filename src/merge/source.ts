import type { StoredMetric, StoredSeries } from '../model/metric.js';

/** What one writer gives to a page. */
export interface MergeSource {
  /** Value of the label `pid` in modes that show every writer; undefined where series have it already. */
  readonly writerLabel: string | undefined;
  /** Whether the writer's gauges of live modes take part. */
  readonly live: boolean;
  /** When the writer was last known to live, milliseconds since 1970. */
  readonly aliveMs: number;
  /** When the writer began, milliseconds since 1970: later ones win what only one can give. */
  readonly createdMs: number;
  readonly metrics: readonly StoredMetric[];
  readonly series: readonly StoredSeries[];
  /** The array that holds a block, read again at every run, and the block's place in it. */
  locate(slot: number): { readonly values: Float64Array; readonly index: number };
}
