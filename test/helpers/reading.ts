import type { StoredMetric, StoredSeries } from '../../src/model/metric.js';
import { slotsPerSeries } from '../../src/model/metric.js';

/** What a reader gives, or anything that reads like it. */
export interface Readable {
  readonly metrics: readonly StoredMetric[];
  readonly series: readonly StoredSeries[];
  locate(slot: number): { readonly values: Float64Array; readonly index: number };
}

/** Values of every series by `name{label values}`, each block in full. */
export function valuesOf(reader: Readable): Record<string, number[]> {
  return Object.fromEntries(
    reader.series.map((series) => {
      const { values, index } = reader.locate(series.slot);
      const block = values.slice(index, index + slotsPerSeries(series.metric));
      return [`${series.metric.name}${JSON.stringify(series.labelValues)}`, [...block]];
    }),
  );
}
