import { type FamilyTable, familyWidth } from '../model/family.js';
import { compareLabels, type LabelPair } from '../model/labels.js';
import { type GaugeMode, keepsSetTime } from '../model/metric.js';
import {
  type Agreement,
  agree,
  type Claim,
  type Conflicts,
  claimsByName,
  type Select,
} from './claims.js';
import { GAUGE_REDUCERS } from './gauges.js';
import { LabelSets } from './label-sets.js';
import { type Addition, type Folding, type GaugeRun, runAdditions, runGauges } from './runs.js';
import type { MergeSource } from './source.js';

/**
 * How the values of a set of writers become families: made anew when writers come or
 * go or series appear, run at every scrape.
 */
export interface MergePlan {
  /** Sorted by name; `values` are those of the last `run`. */
  readonly families: readonly FamilyTable[];
  readonly conflicts: Readonly<Conflicts>;
  /** Reads every live slot once and brings the families' values up to date. */
  run(): void;
}

const everything: Select = (_, metric) => metric.defaultLabels;

/** Lays out the merge of these writers' metrics, or of those that `select` lets through. */
export function planMerge(sources: readonly MergeSource[], select: Select = everything): MergePlan {
  const oldestFirst = [...sources].sort((a, b) => a.createdMs - b.createdMs);
  const conflicts: Conflicts = { type: 0, mode: 0, buckets: 0 };
  const layouts: FamilyLayout[] = [];
  let size = 0;
  const byName = claimsByName(oldestFirst, select);
  for (const name of [...byName.keys()].sort()) {
    const agreement = agree(byName.get(name) as Claim[], conflicts);
    if (agreement.newest.mode === 'omit') continue;
    const layout = layOut(agreement, size);
    size += layout.labels.length * layout.width;
    layouts.push(layout);
  }

  const merged = new Float64Array(size);
  const aux = new Float64Array(size);
  const families = layouts.map(({ newest, bounds, width, labels, begin }) => ({
    name: newest.name,
    help: newest.help,
    type: newest.type,
    bounds,
    width,
    labels,
    values: merged.subarray(begin, begin + labels.length * width),
  }));
  const additions = layouts.flatMap((layout) =>
    layout.newest.type === 'gauge' ? [] : additionsOf(layout),
  );
  const gauges = layouts.flatMap((layout) =>
    layout.newest.type === 'gauge' ? [gaugeRunOf(layout)] : [],
  );
  return {
    families,
    conflicts,
    run() {
      merged.fill(0);
      aux.fill(0);
      runAdditions(merged, aux, additions);
      aux.fill(0);
      runGauges(merged, aux, gauges);
    },
  };
}

/** Where a family's series are among the merged values, and what goes into each. */
interface FamilyLayout extends Agreement {
  readonly width: number;
  readonly labels: readonly (readonly LabelPair[])[];
  readonly begin: number;
  /** Per claim and series: index in `labels`. */
  readonly targets: readonly (readonly number[])[];
}

function layOut(agreement: Agreement, begin: number): FamilyLayout {
  const { newest, claims, bounds } = agreement;
  const sets = new LabelSets(newest.mode);
  const targets = claims.map((claim) => sets.numbersOf(claim));
  const { found } = sets;
  const order = found.map((_, i) => i);
  order.sort((a, b) => compareLabels(found[a] as LabelPair[], found[b] as LabelPair[]));
  const placeOf = new Int32Array(order.length);
  order.forEach((number, place) => {
    placeOf[number] = place;
  });
  return {
    ...agreement,
    width: familyWidth(newest.type, bounds),
    begin,
    labels: order.map((number) => found[number] as readonly LabelPair[]),
    targets: targets.map((list) => list.map((number) => placeOf[number] as number)),
  };
}

/** Slots of a claim's block, and the merged slots of one series that they are added to. */
function slotMap(claim: Claim, layout: FamilyLayout): readonly number[] {
  const { buckets } = claim.metric;
  if (layout.newest.type !== 'histogram') return layout.newest.type === 'summary' ? [0, 1] : [0];
  // A bucket goes where its upper bound is the next shared one; what is beyond all
  // shared bounds, and the count beyond the last bucket, goes beyond the last.
  const beyond = layout.bounds.length;
  let at = 0;
  const counts = buckets.map((bucket) => {
    while (at < beyond && (layout.bounds[at] as number) < bucket) at++;
    return at;
  });
  return [...counts, beyond, beyond + 1];
}

function additionsOf(layout: FamilyLayout): Addition[] {
  return layout.claims.flatMap((claim, c) => {
    const map = slotMap(claim, layout);
    const lists = new SlotLists();
    claim.series.forEach((series, s) => {
      const { values, index } = claim.source.locate(series.slot);
      const target = layout.begin + (layout.targets[c]?.[s] as number) * layout.width;
      const list = lists.of(values);
      map.forEach((to, slot) => {
        list.from.push(index + slot);
        list.to.push(target + to);
      });
    });
    return lists.arrays();
  });
}

function gaugeRunOf(layout: FamilyLayout): GaugeRun {
  const { mode } = layout.newest;
  const foldings: Folding[] = layout.claims.flatMap((claim, c) => {
    const lists = new SlotLists();
    claim.series.forEach((series, s) => {
      const { values, index } = claim.source.locate(series.slot);
      const list = lists.of(values);
      list.from.push(index);
      list.to.push(layout.begin + (layout.targets[c]?.[s] as number));
    });
    return lists.arrays().map((list) => ({ ...list, keepsTime: keepsSetTime(mode) }));
  });
  return {
    reducer: GAUGE_REDUCERS[mode as Exclude<GaugeMode, 'omit'>],
    foldings,
    begin: layout.begin,
    end: layout.begin + layout.labels.length,
  };
}

/** Pairs of slots, by the array that holds the first of each. */
class SlotLists {
  readonly #lists = new Map<Float64Array, { from: number[]; to: number[] }>();

  of(values: Float64Array): { from: number[]; to: number[] } {
    let list = this.#lists.get(values);
    if (list === undefined) {
      list = { from: [], to: [] };
      this.#lists.set(values, list);
    }
    return list;
  }

  arrays(): Addition[] {
    return [...this.#lists].map(([values, { from, to }]) => ({
      values,
      from: Int32Array.from(from),
      to: Int32Array.from(to),
    }));
  }
}
