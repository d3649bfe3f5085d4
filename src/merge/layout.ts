import { familyWidth } from '../model/family.js';
import { compareLabels, type LabelPair } from '../model/labels.js';
import {
  type GaugeMode,
  keepsSetTime,
  type StoredSeries,
  slotsPerSeries,
} from '../model/metric.js';
import type { Steps } from '../steps.js';
import { type Addition, SlotMapBuilder } from './additions.js';
import type { Agreement, Claim } from './claims.js';
import type { Folding, GaugeRun, GaugeSlots } from './gauge-runs.js';
import { GAUGE_REDUCERS, showsEachWriter } from './gauges.js';
import type { Inputs } from './inputs.js';
import { LabelSets, STEP_SERIES } from './label-sets.js';
import type { LabelPairs } from './series-labels.js';
import { sortedOrder } from './sorted-order.js';
import type { MergeSource } from './source.js';
import { byEnd, type WriterLabels } from './writer-labels.js';

/** Where a family's series are among the merged values, and what goes into each. */
export interface FamilyLayout extends Agreement {
  readonly width: number;
  /** In the order in which writers gave them: mostly that of their slots. */
  readonly labels: readonly (readonly LabelPair[])[];
  /** Numbers of the series in the order of their labels. */
  readonly order: Int32Array;
  readonly begin: number;
  readonly parts: readonly LayoutPart[];
}

/** Writers of which series `i` goes into merged series `numbers[i]`. */
interface LayoutPart {
  readonly claim: Claim;
  readonly sources: readonly MergeSource[];
  readonly numbers: readonly number[];
}

export function* layOut(
  agreement: Agreement,
  begin: number,
  pairs: LabelPairs,
  writers: WriterLabels,
): Steps<FamilyLayout> {
  const { newest, claims, bounds } = agreement;
  const sets = new LabelSets(pairs);
  const parts: LayoutPart[] = [];
  for (const claim of claims) yield* addParts(parts, claim, sets, newest.mode, writers);
  const labels = sets.found;
  const order = yield* sortedOrder(labels.length, (a, b) =>
    compareLabels(labels[a] as readonly LabelPair[], labels[b] as readonly LabelPair[]),
  );
  const width = familyWidth(newest.type, bounds);
  return { ...agreement, width, labels, order, begin, parts };
}

function* addParts(
  parts: LayoutPart[],
  claim: Claim,
  sets: LabelSets,
  mode: GaugeMode,
  writers: WriterLabels,
): Steps<void> {
  const { sources } = claim;
  if (!showsEachWriter(mode)) {
    parts.push({ claim, sources, numbers: yield* sets.numbersOf(claim) });
    return;
  }
  for (const source of sources) {
    const numbers = yield* sets.numbersOf(claim, writers.of(source));
    parts.push({ claim, sources: [source], numbers });
  }
}

/** A run of slots in a block, and where it goes among those of a merged series. */
interface BlockRun {
  readonly slot: number;
  readonly to: number;
  readonly length: number;
}

/** Where the slots of a claim's block go. */
function blockRuns(claim: Claim, layout: FamilyLayout): readonly BlockRun[] {
  const { buckets } = claim.metric;
  if (layout.newest.type !== 'histogram') return [{ slot: 0, to: 0, length: layout.width }];
  // A bucket goes where its upper bound is the next shared one; what is beyond all
  // shared bounds, and the count beyond the last bucket, goes beyond the last.
  const beyond = layout.bounds.length;
  if (buckets.length === beyond) return [{ slot: 0, to: 0, length: beyond + 2 }];
  let at = 0;
  const counts = buckets.map((bucket, slot) => {
    while (at < beyond && (layout.bounds[at] as number) < bucket) at++;
    return { slot, to: at, length: 1 };
  });
  return [...counts, { slot: buckets.length, to: beyond, length: 2 }];
}

/** Collects what of each writer's slots is added where, family by family. */
export class AdditionList {
  readonly #builders = new Map<readonly MergeSource[], Map<number, SlotMapBuilder>>();

  *add(layout: FamilyLayout): Steps<void> {
    const { begin, width } = layout;
    for (const { claim, sources, numbers } of layout.parts) {
      const byExtent = getOrAdd(this.#builders, sources, () => new Map());
      const runs = blockRuns(claim, layout);
      const { contents, series } = claim;
      for (let s = 0; s < series.length; s++) {
        const { extent, index } = contents.place((series[s] as StoredSeries).slot);
        const to = begin + (numbers[s] as number) * width;
        const builder = byExtent.get(extent) ?? newBuilder(byExtent, extent);
        for (let i = 0; i < runs.length; i++) {
          const run = runs[i] as BlockRun;
          builder.add(index + run.slot, to + run.to, run.length);
        }
        if (s % STEP_SERIES === STEP_SERIES - 1) yield;
      }
    }
  }

  build(inputs: Inputs): Addition[] {
    return [...this.#builders].flatMap(([sources, byExtent]) =>
      [...byExtent].map(([extent, builder]) => {
        const map = builder.build();
        const { low, high } = map;
        const of = sources.map((source) => inputs.of(source.extent(extent), low, high));
        return { map, inputs: of };
      }),
    );
  }
}

export function* gaugeRunOf(layout: FamilyLayout, inputs: Inputs): Steps<GaugeRun> {
  const { mode } = layout.newest;
  const foldings: (Folding & { readonly source: MergeSource })[] = [];
  for (const { claim, sources, numbers } of layout.parts) {
    for (const [extent, { list, low, high }] of yield* slotLists(claim, numbers, layout)) {
      for (const source of sources) {
        foldings.push({ list, source, input: inputs.of(source.extent(extent), low, high) });
      }
    }
  }
  // Where the last of equals counts it is the youngest writer's.
  const order = showsEachWriter(mode) ? byEnd : byCreation;
  if (layout.parts.length > 1) foldings.sort((a, b) => order(a.source, b.source));
  return {
    reducer: GAUGE_REDUCERS[mode as Exclude<typeof mode, 'omit'>],
    keepsTime: keepsSetTime(mode),
    foldings,
    begin: layout.begin,
    end: layout.begin + layout.labels.length,
  };
}

function byCreation(a: MergeSource, b: MergeSource): number {
  return a.createdMs - b.createdMs;
}

/** By bucket of a claim's histogram: the merged one that what is counted there belongs to; 0 for a counter. */
export function bucketTargets(claim: Claim, layout: FamilyLayout): readonly number[] {
  return blockRuns(claim, layout).flatMap(({ to, length }) =>
    Array.from({ length }, (_, i) => to + i),
  );
}

/** By extent: its gauges, and where each goes. */
function* slotLists(
  { series, contents }: Claim,
  numbers: readonly number[],
  { begin, newest }: FamilyLayout,
): Steps<Map<number, ReadSlots>> {
  const lists = new Map<number, { from: number[]; to: number[] }>();
  for (let s = 0; s < series.length; s++) {
    const { extent, index } = contents.place((series[s] as StoredSeries).slot);
    const list = getOrAdd(lists, extent, () => ({ from: [], to: [] }));
    list.from.push(index);
    list.to.push(begin + (numbers[s] as number));
    if (s % STEP_SERIES === STEP_SERIES - 1) yield;
  }
  const width = slotsPerSeries(newest);
  return new Map([...lists].map(([extent, list]) => [extent, readSlots(list, width)]));
}

/** Gauges of an extent; all that is read for them is from slot `low` to `high - 1`. */
interface ReadSlots {
  readonly list: GaugeSlots;
  readonly low: number;
  readonly high: number;
}

function readSlots(list: { from: number[]; to: number[] }, width: number): ReadSlots {
  const from = Int32Array.from(list.from);
  const low = from.reduce((a, b) => Math.min(a, b));
  const high = from.reduce((a, b) => Math.max(a, b)) + width;
  return { list: { from, to: Int32Array.from(list.to) }, low, high };
}

function newBuilder(byExtent: Map<number, SlotMapBuilder>, extent: number): SlotMapBuilder {
  const builder = new SlotMapBuilder();
  byExtent.set(extent, builder);
  return builder;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
