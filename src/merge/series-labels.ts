import { type LabelPair, labelKey } from '../model/labels.js';
import type { GaugeMode, StoredSeries } from '../model/metric.js';
import type { Claim } from './claims.js';
import { showsEachWriter } from './gauges.js';

/** Labels that a type adds itself: a default label cannot have their names. */
const OWN_LABELS: Readonly<Record<string, string>> = { histogram: 'le', summary: 'quantile' };

/** Labels of a series as a page shows them: its own, the writer's, then default ones. */
export function seriesLabels(
  { metric, defaultLabels, source }: Claim,
  series: StoredSeries,
  mode: GaugeMode,
): readonly LabelPair[] {
  const pairs: LabelPair[] = [];
  series.labelValues.forEach((value, i) => {
    if (value !== undefined) pairs.push([metric.labelNames[i] as string, value]);
  });
  const { writerLabel } = source;
  if (writerLabel !== undefined && showsEachWriter(mode)) pairs.push(['pid', writerLabel]);
  const own = OWN_LABELS[metric.type];
  for (const pair of defaultLabels) {
    if (pair[0] !== own && !pairs.some(([name]) => name === pair[0])) pairs.push(pair);
  }
  return pairs;
}

/** Equal for two series exactly when they have the same labels, in whatever order. */
export function seriesKey(labels: readonly LabelPair[]): string {
  return labelKey([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}
