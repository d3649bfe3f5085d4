import type { LabelPair, LabelValues } from '../model/labels.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import type { Steps } from '../steps.js';
import type { Claim } from './claims.js';
import { type LabelPairs, seriesKey, seriesLabels } from './series-labels.js';

/** Series between two steps. */
export const STEP_SERIES = 1024;

/** Sets seen by label values, one level per label: a lookup builds no key. */
interface Level {
  next: Map<string | undefined, Level> | undefined;
  number: number;
}

/**
 * Numbers the label sets of a family. Most processes have the same series under the same
 * names, so a set is looked up by its values first. Keys, which are equal for equal sets
 * whatever the order of names, are made when there is a second way of writing them.
 */
export class LabelSets {
  readonly #pairs: LabelPairs;
  readonly #found: (readonly LabelPair[])[] = [];
  readonly #byKey = new Map<string, number>();
  /** Whether other values may be the same set: not where there is one way to write it, and all are shown. */
  #needsKeys = false;
  /** How many of the found have a key. */
  #keyed = 0;
  readonly #byShape = new Map<string, Level>();

  constructor(pairs: LabelPairs) {
    this.#pairs = pairs;
  }

  /** All sets by number, labels in the order in which the first writer gave them. */
  get found(): readonly (readonly LabelPair[])[] {
    return this.#found;
  }

  /** The number of each of a claim's series, as `writer` has them where each is shown. */
  *numbersOf(claim: Claim, writer?: string): Steps<readonly number[]> {
    const { metric, defaultLabels, series } = claim;
    const shape = JSON.stringify([metric.labelNames, defaultLabels, writer]);
    let root = this.#byShape.get(shape);
    if (root === undefined) {
      root = newLevel();
      this.#byShape.set(shape, root);
    }
    const numbers: number[] = [];
    for (let i = 0; i < series.length; i++) {
      numbers.push(this.#numberIn(root, claim, series[i] as StoredSeries, writer));
      if (i % STEP_SERIES === STEP_SERIES - 1) yield;
    }
    return numbers;
  }

  #numberIn(root: Level, claim: Claim, series: StoredSeries, writer: string | undefined): number {
    const level = descend(root, series.labelValues);
    if (level.number < 0) {
      const pairs = seriesLabels(claim, series, writer, this.#pairs);
      this.#needsKeys ||= this.#byShape.size > 1 || !showsAll(claim.metric, series, pairs);
      level.number = this.#needsKeys ? this.#numberOf(pairs) : this.#found.push(pairs) - 1;
    }
    return level.number;
  }

  #numberOf(pairs: readonly LabelPair[]): number {
    for (; this.#keyed < this.#found.length; this.#keyed++) {
      const found = this.#found[this.#keyed] as readonly LabelPair[];
      this.#byKey.set(seriesKey(found), this.#keyed);
    }
    return this.#byKey.get(seriesKey(pairs)) ?? this.#found.push(pairs) - 1;
  }
}

/** Whether a series' pairs begin with its own values, and none is left out. */
function showsAll(
  { labelNames }: StoredMetric,
  { labelValues }: StoredSeries,
  pairs: readonly LabelPair[],
): boolean {
  const last = labelNames.length - 1;
  return pairs[last]?.[0] === labelNames[last] && !labelValues.includes(undefined);
}

function newLevel(): Level {
  return { next: undefined, number: -1 };
}

function descend(root: Level, values: LabelValues): Level {
  let level = root;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    level.next ??= new Map();
    let next = level.next.get(value);
    if (next === undefined) {
      next = newLevel();
      level.next.set(value, next);
    }
    level = next;
  }
  return level;
}
