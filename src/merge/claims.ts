import type { LabelPair } from '../model/labels.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { isLiveMode } from './gauges.js';
import type { MergeSource } from './source.js';

/** One writer's metric of a family, with its series. */
export interface Claim {
  readonly source: MergeSource;
  readonly metric: StoredMetric;
  /** Labels that every series has where it has none of the name itself. */
  readonly defaultLabels: readonly LabelPair[];
  readonly series: StoredSeries[];
}

/** Default labels with which a writer's metric is shown, or undefined where it is not. */
export type Select = (
  source: MergeSource,
  metric: StoredMetric,
) => readonly LabelPair[] | undefined;

/** What disagreed, counted in writers. */
export interface Conflicts {
  /** Left out: another type than the newest writer's. */
  type: number;
  /** Left out: another gauge mode than the newest writer's. */
  mode: number;
  /** Merged with fewer buckets: other bounds than the newest writer's. */
  buckets: number;
}

/** What one family is merged from. */
export interface Agreement {
  /** The newest writer's word on type, mode and help. */
  readonly newest: StoredMetric;
  /** Oldest writer first. */
  readonly claims: readonly Claim[];
  /** Bounds that all claims share: cumulative counts at these are exact. */
  readonly bounds: readonly number[];
}

/** Gathers what all writers say by family name. `sources` come oldest first. */
export function claimsByName(
  sources: readonly MergeSource[],
  select: Select,
): Map<string, Claim[]> {
  const byName = new Map<string, Claim[]>();
  for (const source of sources) {
    const claims = new Map<StoredMetric, Claim>();
    for (const metric of source.metrics) {
      const defaultLabels = select(source, metric);
      if (defaultLabels === undefined) continue;
      const claim = { source, metric, defaultLabels, series: [] };
      claims.set(metric, claim);
      const others = byName.get(metric.name);
      if (others === undefined) byName.set(metric.name, [claim]);
      else others.push(claim);
    }
    for (const series of source.series) claims.get(series.metric)?.series.push(series);
  }
  return byName;
}

/** Settles what writers disagree on: the newest wins, shared bounds stay, and `conflicts` counts. */
export function agree(claims: readonly Claim[], conflicts: Conflicts): Agreement {
  const newest = claims.reduce((a, b) => (b.metric.sinceMs >= a.metric.sinceMs ? b : a)).metric;
  const fitting = claims.filter(({ metric }) => {
    if (metric.type !== newest.type) conflicts.type++;
    else if (metric.mode !== newest.mode) conflicts.mode++;
    else return true;
    return false;
  });
  const shown =
    newest.type === 'gauge' && isLiveMode(newest.mode)
      ? fitting.filter(({ source }) => source.live)
      : fitting;
  return { newest, claims: shown, bounds: sharedBounds(newest, shown, conflicts) };
}

function sharedBounds(
  newest: StoredMetric,
  claims: readonly Claim[],
  conflicts: Conflicts,
): readonly number[] {
  let bounds = newest.buckets;
  for (const { metric } of claims) {
    if (sameNumbers(metric.buckets, newest.buckets)) continue;
    conflicts.buckets++;
    const theirs = new Set(metric.buckets);
    bounds = bounds.filter((bound) => theirs.has(bound));
  }
  return bounds;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
