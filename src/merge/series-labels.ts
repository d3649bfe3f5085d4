import { type LabelPair, labelKey } from '../model/labels.js';
import { ownLabel, type StoredSeries } from '../model/metric.js';
import type { Claim } from './claims.js';

/** Tells writers of a gauge apart whose mode shows each. */
const WRITER_LABEL = 'pid';

/** The pairs of many series: those that are equal are one, since most come again and again. */
export class LabelPairs {
  readonly #byName = new Map<string, Map<string, LabelPair>>();

  of(name: string, value: string): LabelPair {
    let byValue = this.#byName.get(name);
    if (byValue === undefined) {
      byValue = new Map();
      this.#byName.set(name, byValue);
    }
    let pair = byValue.get(value);
    if (pair === undefined) {
      pair = [name, value];
      byValue.set(value, pair);
    }
    return pair;
  }
}

/** Labels of a series as a page shows them: its own, the writer's where it is shown, then default ones. */
export function seriesLabels(
  { metric, defaultLabels }: Claim,
  series: StoredSeries,
  writer: string | undefined,
  known: LabelPairs,
): readonly LabelPair[] {
  const own = writer === undefined ? ownLabel(metric.type) : WRITER_LABEL;
  const pairs: LabelPair[] = [];
  const { labelNames } = metric;
  const { labelValues } = series;
  for (let i = 0; i < labelValues.length; i++) {
    const name = labelNames[i] as string;
    const value = labelValues[i];
    if (value !== undefined && name !== own) pairs.push(known.of(name, value));
  }
  if (writer !== undefined) pairs.push(known.of(WRITER_LABEL, writer));
  if (defaultLabels.length > 0) addDefaults(pairs, defaultLabels, own);
  // Without the room that an array keeps for more.
  return pairs.slice();
}

function addDefaults(
  pairs: LabelPair[],
  defaultLabels: readonly LabelPair[],
  own: string | undefined,
): void {
  for (const pair of defaultLabels) {
    if (pair[0] !== own && !pairs.some(([name]) => name === pair[0])) pairs.push(pair);
  }
}

/** Equal for two series exactly when they have the same labels, in whatever order. */
export function seriesKey(labels: readonly LabelPair[]): string {
  return labelKey([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}
