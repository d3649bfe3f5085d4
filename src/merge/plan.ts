import type { FamilyTable } from '../model/family.js';
import { atOnce, type Steps } from '../steps.js';
import { type Addition, addAll, settle } from './additions.js';
import {
  agree,
  type Claim,
  type Conflicts,
  claimsByName,
  type Select,
  type SelectMetric,
} from './claims.js';
import { FamilyExemplars } from './exemplars.js';
import { type GaugeRun, runGauges } from './gauge-runs.js';
import { FIRST_RUN, Inputs } from './inputs.js';
import { AdditionList, type FamilyLayout, gaugeRunOf, layOut } from './layout.js';
import { LabelPairs } from './series-labels.js';
import type { MergeSource } from './source.js';
import { SumMemory } from './sum-memory.js';
import { writerLabels } from './writer-labels.js';

/**
 * How the values of a set of writers become families: made anew when writers come or
 * go or series appear, run at every scrape.
 */
export interface MergePlan {
  /** Sorted by name; `values` are those of the last run. */
  readonly families: readonly FamilyTable[];
  readonly conflicts: Readonly<Conflicts>;
  /** Reads every live slot once and brings the families' values up to date. */
  run(): void;
  /** The same, in steps. */
  steps(): Steps<void>;
}

const everyMetric: SelectMetric = (metric) => metric.defaultLabels;
const everything: Select = () => everyMetric;

/** Lays out the merge of these writers' metrics, or of those that `select` lets through. */
export function planMerge(sources: readonly MergeSource[], select?: Select): MergePlan {
  return atOnce(planInSteps(sources, select));
}

/** The same, in steps. */
export function* planInSteps(
  sources: readonly MergeSource[],
  select: Select = everything,
): Steps<MergePlan> {
  const oldestFirst = [...sources].sort((a, b) => a.createdMs - b.createdMs);
  const writers = writerLabels(sources);
  const conflicts: Conflicts = { type: 0, mode: 0, buckets: 0, name: writers.shared };
  const layouts: FamilyLayout[] = [];
  const pairs = new LabelPairs();
  let size = 0;
  const byName = claimsByName(oldestFirst, select);
  for (const name of [...byName.keys()].sort()) {
    const agreement = agree(byName.get(name) as Claim[], conflicts);
    if (agreement.newest.mode === 'omit') continue;
    const layout = yield* layOut(agreement, size, pairs, writers);
    size += layout.labels.length * layout.width;
    layouts.push(layout);
    yield;
  }
  const merge = yield* FamilyMerges.of(layouts, size);
  return {
    families: merge.families,
    conflicts,
    steps: () => merge.run(),
    run: () => atOnce(merge.run()),
  };
}

interface FamilyMerge {
  readonly table: FamilyTable & { stamp: number; values: Float64Array };
  readonly begin: number;
  readonly end: number;
  readonly gauges: GaugeRun | undefined;
  readonly exemplars: FamilyExemplars | undefined;
}

/**
 * Until a thread has merged, its loops in JavaScript are not compiled, and slower by far than
 * those in a memory. Later plans, many of which run once, get none until they run again.
 */
let isFirstOfThread = true;

/** All families of a plan, in one array of values. */
class FamilyMerges {
  #merged: Float64Array;
  /** What a reducer or a sum keeps of a value beside it, while it runs. */
  #aux: Float64Array;
  /** Where all these arrays and the copies of writers' values are, if they are many. */
  #memory: SumMemory | undefined;
  readonly #families: FamilyMerge[] = [];
  readonly #inputs = new Inputs();
  #additions: readonly Addition[] = [];

  static *of(layouts: readonly FamilyLayout[], size: number): Steps<FamilyMerges> {
    const merges = new FamilyMerges(size);
    const additions = new AdditionList();
    for (const layout of layouts) {
      yield* merges.#add(layout, additions);
      yield;
    }
    merges.#additions = additions.build(merges.#inputs);
    return merges;
  }

  private constructor(size: number) {
    this.#merged = new Float64Array(size);
    this.#aux = new Float64Array(size);
  }

  *#add(layout: FamilyLayout, additions: AdditionList): Steps<void> {
    const { newest, bounds, width, labels, order, begin } = layout;
    const end = begin + labels.length * width;
    const { name, help, type, mode } = newest;
    const values = this.#merged.subarray(begin, end);
    const exemplars = FamilyExemplars.of(layout);
    const shown = exemplars === undefined ? {} : { exemplars: exemplars.merged };
    const merging = type === 'gauge' ? { mode } : {};
    const columns = { bounds, width, labels, order, values, stamp: 0 };
    const table = { name, help, type, ...merging, ...columns, ...shown };
    const gauges = type === 'gauge' ? yield* gaugeRunOf(layout, this.#inputs) : undefined;
    if (isSum(gauges)) yield* additions.add(layout);
    this.#families.push({ table, begin, end, gauges, exemplars });
  }

  get families(): readonly FamilyTable[] {
    return this.#families.map(({ table }) => table);
  }

  *run(): Steps<void> {
    const run = yield* this.#inputs.begin();
    if (run !== undefined) yield* this.#mergeValues(run);
    // An exemplar may come without a change of value, and comes after it.
    for (const { table, exemplars } of this.#families) {
      if (exemplars !== undefined && (yield* exemplars.run())) table.stamp++;
    }
  }

  /** To be called before the second run, or the first: many slots are added faster there. */
  #moveToMemory(): void {
    if (this.#memory !== undefined) return;
    const size = this.#merged.length;
    const memory = SumMemory.of(this.#inputs.copyLengths, 2 * size);
    if (memory === undefined) return;
    this.#memory = memory;
    this.#aux = memory.numbers(size);
    this.#merged = memory.numbers(size);
    for (const { table, begin, end } of this.#families) {
      table.values = this.#merged.subarray(begin, end);
    }
  }

  *#mergeValues(run: number): Steps<void> {
    if (run === FIRST_RUN + 1 || isFirstOfThread) this.#moveToMemory();
    isFirstOfThread = false;
    if (run === FIRST_RUN + 1 && this.#memory !== undefined) this.#inputs.copyTo(this.#memory);
    const merged = this.#merged.fill(0);
    const aux = this.#aux.fill(0);
    for (const addition of this.#additions) yield* addAll(merged, aux, addition, run, this.#memory);
    for (const { table, begin, end, gauges } of this.#families) {
      table.stamp++;
      if (isSum(gauges)) {
        settle(merged, aux, begin, end, this.#memory);
        if (gauges === undefined || !hasNaN(table.values)) continue;
        // A sum of gauges leaves out those that are no number, where there are others.
        merged.fill(0, begin, end);
        aux.fill(0, begin, end);
      }
      if (gauges !== undefined) yield* runGauges(merged, aux, gauges, run);
    }
  }
}

/** Whether a family's values are, but for gauges that are no number, sums of what writers have. */
function isSum(gauges: GaugeRun | undefined): boolean {
  return gauges === undefined || gauges.reducer.adds === true;
}

function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}
