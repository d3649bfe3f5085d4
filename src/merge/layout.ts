import { familyWidth } from '../model/family.js';
import { compareLabels, type LabelPair } from '../model/labels.js';
import { type GaugeMode, keepsSetTime, slotsPerSeries } from '../model/metric.js';
import { type Addition, type SlotMap, SlotMapBuilder } from './additions.js';
import type { Agreement, Claim } from './claims.js';
import type { GaugeRun, GaugeSlots } from './gauge-runs.js';
import { GAUGE_REDUCERS, showsEachWriter } from './gauges.js';
import { LabelSets } from './label-sets.js';
import type { MergeSource } from './source.js';

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

export function layOut(agreement: Agreement, begin: number): FamilyLayout {
  const { newest, claims, bounds } = agreement;
  const sets = new LabelSets();
  const parts = claims.flatMap((claim) => partsOf(claim, sets, newest.mode));
  const labels = sets.found;
  const order = Int32Array.from(labels.keys()).sort((a, b) =>
    compareLabels(labels[a] as readonly LabelPair[], labels[b] as readonly LabelPair[]),
  );
  const width = familyWidth(newest.type, bounds);
  return { ...agreement, width, labels, order, begin, parts };
}

function partsOf(claim: Claim, sets: LabelSets, mode: GaugeMode): LayoutPart[] {
  const { sources } = claim;
  if (!showsEachWriter(mode)) return [{ claim, sources, numbers: sets.numbersOf(claim) }];
  return sources.map((source) => {
    return { claim, sources: [source], numbers: sets.numbersOf(claim, source.writerLabel) };
  });
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

export function additionsOf(layout: FamilyLayout): Addition[] {
  return layout.parts.flatMap(({ claim, sources, numbers }) =>
    [...slotMaps(claim, numbers, layout)].map(([extent, map]) => ({
      map,
      arrays: sources.map((source) => source.extent(extent)),
    })),
  );
}

/** By extent: where its slots go. */
function slotMaps(
  claim: Claim,
  numbers: readonly number[],
  layout: FamilyLayout,
): Map<number, SlotMap> {
  const { begin, width } = layout;
  const runs = blockRuns(claim, layout);
  const builders = new Map<number, SlotMapBuilder>();
  claim.series.forEach(({ slot }, s) => {
    const { extent, index } = claim.contents.place(slot);
    const to = begin + (numbers[s] as number) * width;
    let builder = builders.get(extent);
    if (builder === undefined) {
      builder = new SlotMapBuilder();
      builders.set(extent, builder);
    }
    for (const run of runs) builder.add(index + run.slot, to + run.to, run.length);
  });
  return mapEach(builders, (builder) => builder.build());
}

export function gaugeRunOf(layout: FamilyLayout): GaugeRun {
  const { mode } = layout.newest;
  const foldings = layout.parts.flatMap(({ claim, sources, numbers }) =>
    [...slotLists(claim, numbers, layout)].flatMap(([extent, list]) =>
      sources.map((source) => ({ list, source, values: source.extent(extent) })),
    ),
  );
  // Where the last of equals counts it is the youngest writer's.
  if (layout.parts.length > 1) foldings.sort((a, b) => a.source.createdMs - b.source.createdMs);
  return {
    reducer: GAUGE_REDUCERS[mode as Exclude<typeof mode, 'omit'>],
    keepsTime: keepsSetTime(mode),
    foldings,
    begin: layout.begin,
    end: layout.begin + layout.labels.length,
  };
}

/** By extent: its gauges, and where each goes. */
function slotLists(
  { series, contents }: Claim,
  numbers: readonly number[],
  { begin, newest }: FamilyLayout,
): Map<number, GaugeSlots> {
  const lists = new Map<number, { from: number[]; to: number[] }>();
  series.forEach(({ slot }, s) => {
    const { extent, index } = contents.place(slot);
    let list = lists.get(extent);
    if (list === undefined) {
      list = { from: [], to: [] };
      lists.set(extent, list);
    }
    list.from.push(index);
    list.to.push(begin + (numbers[s] as number));
  });
  const width = slotsPerSeries(newest);
  return mapEach(lists, (list) => {
    const from = Int32Array.from(list.from);
    const [low, high] = [from.reduce(min), from.reduce(max) + width];
    return { from, to: Int32Array.from(list.to), low, high };
  });
}

const min = (a: number, b: number) => Math.min(a, b);
const max = (a: number, b: number) => Math.max(a, b);

function mapEach<K, A, B>(map: ReadonlyMap<K, A>, change: (value: A) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
