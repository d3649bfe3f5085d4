import { type LabelPair, labelKey } from '../model/labels.js';
import type { StoredSeries } from '../model/metric.js';
import type { Claim } from './claims.js';

/** Labels that a type adds itself: no other can have their names, whatever a file says. */
const OWN_LABELS: Readonly<Record<string, string>> = { histogram: 'le', summary: 'quantile' };

/** Tells writers of a gauge apart whose mode shows each. */
const WRITER_LABEL = 'pid';

/** Labels of a series as a page shows them: its own, the writer's where it is shown, then default ones. */
export function seriesLabels(
  { metric, defaultLabels }: Claim,
  series: StoredSeries,
  writer: string | undefined,
): readonly LabelPair[] {
  const own = writer === undefined ? OWN_LABELS[metric.type] : WRITER_LABEL;
  const pairs: LabelPair[] = [];
  series.labelValues.forEach((value, i) => {
    const name = metric.labelNames[i] as string;
    if (value !== undefined && name !== own) pairs.push([name, value]);
  });
  if (writer !== undefined) pairs.push([WRITER_LABEL, writer]);
  for (const pair of defaultLabels) {
    if (pair[0] !== own && !pairs.some(([name]) => name === pair[0])) pairs.push(pair);
  }
  return pairs;
}

/** Equal for two series exactly when they have the same labels, in whatever order. */
export function seriesKey(labels: readonly LabelPair[]): string {
  return labelKey([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}
