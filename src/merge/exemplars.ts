import { type Exemplar, type ExemplarEntry, newerExemplar } from '../model/exemplar.js';
import { exemplarsPerSeries } from '../model/metric.js';
import type { Steps } from '../steps.js';
import { bucketTargets, type FamilyLayout } from './layout.js';

/** Entries that are read between two steps. */
const ENTRIES_PER_STEP = 4096;

/** All entries from which one merged exemplar is chosen. */
interface Choice {
  /** Place of the exemplar among those of the family. */
  readonly at: number;
  readonly entries: ExemplarEntry[];
}

/** The exemplars of one family: of each counter and bucket the newest that any writer has. */
export class FamilyExemplars {
  /** By number of the merged value that they are of. */
  readonly merged: (Exemplar | undefined)[];
  readonly #choices: readonly Choice[];

  /** Undefined where no series of the family has any. */
  static of(layout: FamilyLayout): FamilyExemplars | undefined {
    const choices = choicesOf(layout);
    return choices.length === 0 ? undefined : new FamilyExemplars(layout, choices);
  }

  private constructor({ labels, width }: FamilyLayout, choices: readonly Choice[]) {
    this.merged = new Array(labels.length * width).fill(undefined);
    this.#choices = choices;
  }

  /** Brings the exemplars up to date; true when any is another than before. */
  *run(): Steps<boolean> {
    let changed = false;
    let read = 0;
    for (const { at, entries } of this.#choices) {
      let newest: Exemplar | undefined;
      for (const entry of entries) newest = newerExemplar(newest, entry);
      if (newest !== this.merged[at]) {
        this.merged[at] = newest;
        changed = true;
      }
      read += entries.length;
      if (read < ENTRIES_PER_STEP) continue;
      read = 0;
      yield;
    }
    return changed;
  }
}

function choicesOf(layout: FamilyLayout): Choice[] {
  const { width } = layout;
  const byPlace = new Map<number, Choice>();
  for (const { claim, sources, numbers } of layout.parts) {
    if (!claim.series.some(({ exemplarSlots }) => exemplarSlots !== undefined)) continue;
    const count = exemplarsPerSeries(claim.metric);
    const targets = bucketTargets(claim, layout);
    claim.series.forEach(({ exemplarSlots }, s) => {
      for (let bucket = 0; bucket < count; bucket++) {
        const slot = exemplarSlots?.[bucket];
        if (slot === undefined) continue;
        const at = (numbers[s] as number) * width + (targets[bucket] as number);
        let choice = byPlace.get(at);
        if (choice === undefined) {
          choice = { at, entries: [] };
          byPlace.set(at, choice);
        }
        for (const source of sources) choice.entries.push(source.exemplar(slot));
      }
    });
  }
  return [...byPlace.values()];
}
