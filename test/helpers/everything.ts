import { GAUGE_MODES, type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import type { Writer } from '../../src/store/writer.js';
import { descriptor, newHolder } from './writers.js';

/** A metric of every type, and a gauge of every mode. */
const EVERYTHING: readonly MetricDescriptor[] = [
  descriptor({ name: 'plain_total' }),
  descriptor({ name: 'labelled_total', labelNames: ['l', 'm'] }),
  descriptor({ name: 'seconds', type: 'histogram', labelNames: ['l'], buckets: [0.1, 1, 5] }),
  descriptor({ name: 'quick', type: 'summary' }),
  ...GAUGE_MODES.map((mode) =>
    descriptor({ name: `gauge_${mode}`, type: 'gauge', mode, labelNames: ['l'] }),
  ),
];

/**
 * Writes series of every metric, some shared with other writers and some of this one
 * alone. Fractions are sums of halves, which add up to the same in any order, and of a
 * number that does not, where sums are exact.
 */
export function fillWithEverything(writer: Writer, seed: number): void {
  for (const metric of EVERYTHING) {
    const id = writer.defineMetric(metric);
    const width = slotsPerSeries(metric);
    const labelled = metric.labelNames.length > 0;
    for (const label of labelled ? ['shared', `own ${seed}`] : ['']) {
      const labels = metric.labelNames.map((name) => (name === 'l' ? label : undefined));
      const block = Array.from({ length: width }, (_, i) => blockValue(metric, seed, i));
      writer.addSeries(id, labels, width, newHolder(), block);
    }
    if (metric.name === 'plain_total') writer.setDefaultLabels(id, [['service', 'shop']]);
  }
}

function blockValue({ type, mode }: MetricDescriptor, seed: number, slot: number): number {
  if (type !== 'gauge') return type === 'counter' || slot === 1 ? seed * 0.1 : seed + slot;
  if (slot === 0) return ((seed * 7) % 5) - 2.5;
  return mode === 'mostrecent' || mode === 'livemostrecent' ? 1_700_000_000_000 + seed : 1;
}
