import type { ExemplarEntry } from '../model/exemplar.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';

/** What one writer gives to a page. */
export interface MergeSource {
  /**
   * What the writer is called in modes that show each: its stable name, or its pid. Undefined
   * where series have the label already, as in an archive.
   */
  readonly writerLabel: string | undefined;
  /** Equal for sources of one writer, and for no others. */
  readonly writerId: string;
  /** Whether the writer's gauges of live modes take part. */
  readonly live: boolean;
  /** When the writer was last known to live, milliseconds since 1970. */
  readonly aliveMs: number;
  /** When the writer began, milliseconds since 1970: later ones win what only one can give. */
  readonly createdMs: number;
  /** What it has written; where writers have written the same, best the same object. */
  readonly contents: SourceContents;
  /** An array that holds blocks, read again at every run. */
  extent(number: number): Float64Array;
  /** The exemplar whose entry begins at this slot. */
  exemplar(slot: number): ExemplarEntry;
}

/** Metrics and series as one writer or several have them. Never changes. */
export interface SourceContents {
  readonly metrics: readonly StoredMetric[];
  /** The series of one of the metrics: the same array at every call. */
  seriesOf(metric: StoredMetric): readonly StoredSeries[];
  /** The number of the extent that holds a block, and the block's first slot in it. */
  place(slot: number): { readonly extent: number; readonly index: number };
}
