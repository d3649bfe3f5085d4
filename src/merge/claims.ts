import type { LabelPair } from '../model/labels.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { isLiveMode } from './gauges.js';
import type { MergeSource, SourceContents } from './source.js';

/** A metric of a family as some writers have it, with its series: writers with the same contents are one claim. */
export interface Claim {
  readonly contents: SourceContents;
  /** Oldest first. */
  readonly sources: readonly MergeSource[];
  /** Those of them that live: one array for all claims of the same writers. */
  readonly living: readonly MergeSource[];
  readonly metric: StoredMetric;
  /** Labels that every series has where it has none of the name itself. */
  readonly defaultLabels: readonly LabelPair[];
  readonly series: readonly StoredSeries[];
  /** When the newest of the writers made the metric, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Default labels with which a metric is shown, or undefined where it is not. */
export type SelectMetric = (metric: StoredMetric) => readonly LabelPair[] | undefined;

/** What selects a source's metrics: best the same function for sources that need no other. */
export type Select = (source: MergeSource) => SelectMetric;

/** What disagreed, counted in writers. */
export interface Conflicts {
  /** Left out: another type than the newest writer's. */
  type: number;
  /** Left out: another gauge mode than the newest writer's. */
  mode: number;
  /** Merged with fewer buckets: other bounds than the newest writer's. */
  buckets: number;
  /** Live, and shown under a number: an older live writer has the name. */
  name: number;
}

/** What one family is merged from. */
export interface Agreement {
  /** The newest writer's word on type, mode and help. */
  readonly newest: StoredMetric;
  readonly claims: readonly Claim[];
  /** Bounds that all claims share: cumulative counts at these are exact. */
  readonly bounds: readonly number[];
}

/** Writers that say the same, and are to be shown in the same way. */
interface Group {
  readonly select: SelectMetric;
  readonly sources: MergeSource[];
}

/** Gathers what all writers say by family name. `sources` come oldest first. */
export function claimsByName(
  sources: readonly MergeSource[],
  select: Select,
): Map<string, Claim[]> {
  const byName = new Map<string, Claim[]>();
  for (const [contents, groups] of groupSources(sources, select)) {
    for (const group of groups) {
      for (const claim of claimsOf(contents, group)) {
        const others = byName.get(claim.metric.name);
        if (others === undefined) byName.set(claim.metric.name, [claim]);
        else others.push(claim);
      }
    }
  }
  return byName;
}

function groupSources(
  sources: readonly MergeSource[],
  select: Select,
): Map<SourceContents, Group[]> {
  const byContents = new Map<SourceContents, Group[]>();
  for (const source of sources) {
    const { contents } = source;
    const selectMetric = select(source);
    let groups = byContents.get(contents);
    if (groups === undefined) {
      groups = [];
      byContents.set(contents, groups);
    }
    const group = groups.find((one) => one.select === selectMetric);
    if (group === undefined) groups.push({ select: selectMetric, sources: [source] });
    else group.sources.push(source);
  }
  return byContents;
}

function* claimsOf(contents: SourceContents, { select, sources }: Group): Generator<Claim> {
  const { createdMs } = sources.at(-1) as MergeSource;
  const living = sources.every(({ live }) => live) ? sources : sources.filter(({ live }) => live);
  for (const metric of contents.metrics) {
    const defaultLabels = select(metric);
    if (defaultLabels === undefined) continue;
    const series = contents.seriesOf(metric);
    const sinceMs = metric.sinceMs === 0 ? createdMs : metric.sinceMs;
    yield { contents, sources, living, metric, defaultLabels, series, sinceMs };
  }
}

/** Settles what writers disagree on: the newest wins, shared bounds stay, and `conflicts` counts. */
export function agree(claims: readonly Claim[], conflicts: Conflicts): Agreement {
  const newest = newestOf(claims).metric;
  const fitting = claims.filter(({ metric, sources }) => {
    if (metric.type !== newest.type) conflicts.type += sources.length;
    else if (metric.mode !== newest.mode) conflicts.mode += sources.length;
    else return true;
    return false;
  });
  const shown =
    newest.type === 'gauge' && isLiveMode(newest.mode) ? fitting.flatMap(ofLiving) : fitting;
  return { newest, claims: shown, bounds: sharedBounds(newest, shown, conflicts) };
}

/** The claim of those of its writers that live; none where none does. */
function ofLiving(claim: Claim): Claim[] {
  return claim.living.length === 0 ? [] : [{ ...claim, sources: claim.living }];
}

/** The claim whose word counts; of two that are as new the later one. */
export function newestOf(claims: readonly Claim[]): Claim {
  return claims.reduce((a, b) => (b.sinceMs >= a.sinceMs ? b : a));
}

function sharedBounds(
  newest: StoredMetric,
  claims: readonly Claim[],
  conflicts: Conflicts,
): readonly number[] {
  let bounds = newest.buckets;
  for (const { metric, sources } of claims) {
    if (sameNumbers(metric.buckets, newest.buckets)) continue;
    conflicts.buckets += sources.length;
    const theirs = new Set(metric.buckets);
    bounds = bounds.filter((bound) => theirs.has(bound));
  }
  return bounds;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
