import { ARCHIVED_ALL_MAX_AGE_MS, MAX_ARCHIVED_ALL_SERIES } from '../limits.js';
import { type Exemplar, newerExemplar } from '../model/exemplar.js';
import type { LabelPair } from '../model/labels.js';
import {
  type GaugeMode,
  type MetricDescriptor,
  type StoredMetric,
  type StoredSeries,
  slotsPerSeries,
} from '../model/metric.js';
import { addExactly } from './additions.js';
import { type Claim, claimsByName, newestOf } from './claims.js';
import { SET_AT_UNKNOWN_TIME } from './gauge-runs.js';
import { GAUGE_REDUCERS, isLiveMode, showsEachWriter } from './gauges.js';
import { LabelPairs, seriesKey, seriesLabels } from './series-labels.js';
import type { MergeSource } from './source.js';
import { byEnd } from './writer-labels.js';

/** One metric of an archive: what many writers left of it. */
export interface ArchivedMetric {
  readonly metric: MetricDescriptor;
  /** When the newest of its writers began. */
  readonly sinceMs: number;
  readonly series: readonly ArchivedSeries[];
}

export interface ArchivedSeries {
  readonly labelValues: readonly string[];
  /** The block, as wide as the metric's. */
  readonly values: Float64Array;
  /** By bucket, of those that have one. */
  readonly exemplars: readonly (Exemplar | undefined)[];
}

/**
 * Folds what writers left into one, so that merging the result with any other writers
 * gives what merging all of them at once would. Therefore writers that disagree on
 * type, mode or buckets are kept apart: who is right is decided on the page. Gauges of
 * live modes have ended with their writers.
 */
export function foldForArchive(
  sources: readonly MergeSource[],
  nowMs: number,
): readonly ArchivedMetric[] {
  const select = (metric: StoredMetric) => metric.defaultLabels;
  const sorted = [...sources].sort((a, b) => a.createdMs - b.createdMs);
  const byName = claimsByName(sorted, () => select);
  return [...byName.values()].flatMap((claims) => {
    return groupBy(claims, variantOf).flatMap((variant) => foldVariant(variant, nowMs));
  });
}

function variantOf({ metric }: Claim): string {
  return JSON.stringify([metric.type, metric.mode, metric.buckets]);
}

interface Fold {
  readonly labels: readonly LabelPair[];
  readonly values: Float64Array;
  /** Of a gauge, the reducer's one word; else what sums have beyond `values`. */
  readonly aux: Float64Array;
  /** The newest, by bucket. */
  readonly exemplars: (Exemplar | undefined)[];
}

function foldVariant(claims: readonly Claim[], nowMs: number): ArchivedMetric[] {
  const { metric: newest, sinceMs } = newestOf(claims);
  const { type, mode } = newest;
  if (mode === 'omit' || (type === 'gauge' && isLiveMode(mode))) return [];
  const width = slotsPerSeries(newest);
  const each = showsEachWriter(mode);
  const folds = new Folds(slotsPerSeries(newest));
  const shared = new Map<Claim, readonly Target[]>();
  for (const { claim, source } of inOrder(claims, each)) {
    const targets = each
      ? folds.targetsOf(claim, source.writerLabel)
      : (shared.get(claim) ?? folds.targetsOf(claim));
    shared.set(claim, targets);
    for (const { fold, extent, index, exemplarSlots } of targets) {
      const values = source.extent(extent);
      if (exemplarSlots !== undefined) foldExemplars(fold, exemplarSlots, source);
      if (type === 'gauge') foldGauge(fold, values.subarray(index, index + width), mode, source);
      else foldSums(fold, values, index);
    }
  }
  const { keep } = GAUGE_REDUCERS[mode];
  if (type === 'gauge' && keep !== undefined) {
    for (const { values, aux } of folds.all) values[1] = keep(aux[0] as number);
  }
  const kept = each ? youngest(folds.all, nowMs) : folds.all;
  return groupBy(kept, labelNamesOf).map((group) => ({
    metric: { ...newest, labelNames: (group[0] as Fold).labels.map(([name]) => name) },
    sinceMs,
    series: group.flatMap((fold) => {
      const labelValues = fold.labels.map(([, value]) => value);
      const blocks = type === 'gauge' ? [fold.values] : exactBlocks(fold);
      return blocks.map((values, i) => {
        return { labelValues, values, exemplars: i === 0 ? fold.exemplars : [] };
      });
    }),
  }));
}

/** Where a series' block is in a writer's file, and what it goes into. */
interface Target {
  readonly fold: Fold;
  readonly extent: number;
  readonly index: number;
  readonly exemplarSlots: StoredSeries['exemplarSlots'];
}

class Folds {
  readonly #width: number;
  readonly #byKey = new Map<string, Fold>();
  readonly #pairs = new LabelPairs();

  constructor(width: number) {
    this.#width = width;
  }

  get all(): Fold[] {
    return [...this.#byKey.values()];
  }

  /** For each of a claim's series, as `writer` has them where each is shown. */
  targetsOf(claim: Claim, writer?: string): Target[] {
    return claim.series.map((series) => {
      const fold = this.#of(seriesLabels(claim, series, writer, this.#pairs));
      const { slot, exemplarSlots } = series;
      return { fold, exemplarSlots, ...claim.contents.place(slot) };
    });
  }

  #of(labels: readonly LabelPair[]): Fold {
    const key = seriesKey(labels);
    let fold = this.#byKey.get(key);
    if (fold === undefined) {
      const width = this.#width;
      const [values, aux] = [new Float64Array(width), new Float64Array(width)];
      fold = { labels, values, aux, exemplars: [] };
      this.#byKey.set(key, fold);
    }
    return fold;
  }
}

/** Writers one by one, oldest first; where each is shown, so that of those of one name the last to end counts. */
function inOrder(claims: readonly Claim[], each: boolean) {
  const writers = claims.flatMap((claim) => claim.sources.map((source) => ({ claim, source })));
  return each
    ? writers.sort((a, b) => byEnd(a.source, b.source))
    : writers.sort((a, b) => a.source.createdMs - b.source.createdMs);
}

function foldSums({ values, aux }: Fold, block: Float64Array, index: number): void {
  for (let i = 0; i < values.length; i++) {
    addExactly(values, aux, i, block[index + i] as number);
  }
}

function foldExemplars(
  { exemplars }: Fold,
  slots: readonly (number | undefined)[],
  source: MergeSource,
): void {
  slots.forEach((slot, bucket) => {
    if (slot === undefined) return;
    exemplars[bucket] = newerExemplar(exemplars[bucket], source.exemplar(slot));
  });
}

function foldGauge(fold: Fold, block: Float64Array, mode: GaugeMode, source: MergeSource): void {
  const { step } = GAUGE_REDUCERS[mode as Exclude<typeof mode, 'omit'>];
  const second = block.length > 1 ? (block[1] as number) : 1;
  const setMs = Number.isNaN(second) ? SET_AT_UNKNOWN_TIME : second;
  // A writer knows only whether it set a gauge of mode `all`; the archive, when it ended.
  const ends = showsEachWriter(mode) && source.writerLabel !== undefined;
  step(fold.values, fold.aux, 0, block[0] as number, ends ? source.aliveMs : setMs);
}

/** What is kept of writers that each have a series of their own: the last to end, and not for ever. */
function youngest(folds: readonly Fold[], nowMs: number): Fold[] {
  return folds
    .filter(({ aux }) => nowMs - (aux[0] as number) <= ARCHIVED_ALL_MAX_AGE_MS)
    .sort((a, b) => (b.aux[0] as number) - (a.aux[0] as number))
    .slice(0, MAX_ARCHIVED_ALL_SERIES);
}

function labelNamesOf({ labels }: Fold): string {
  return labels.map(([name]) => name).join();
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/**
 * Sums as one block, or as two of the same labels where they do not fit into one: merging
 * adds them up again, and loses nothing that merging all writers at once would not.
 */
function exactBlocks({ values, aux }: Fold): Float64Array[] {
  const rounded = values.map((value, i) => value + finite(aux[i] as number));
  const rest = aux.map((small, i) =>
    finite(small - ((rounded[i] as number) - (values[i] as number))),
  );
  return rest.some((small) => small !== 0) ? [rounded, rest] : [rounded];
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0;
}
