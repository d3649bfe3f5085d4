import type { LabelPair, LabelValues } from '../model/labels.js';
import type { Claim } from './claims.js';
import { seriesKey, seriesLabels } from './series-labels.js';

/** Sets seen by label values, one level per label: a lookup builds no key. */
interface Level {
  readonly next: Map<string | undefined, Level>;
  number: number;
}

/**
 * Numbers the label sets of a family. Most processes have the same series under the same
 * names, so a set is looked up by its values first; its key, which is equal for equal
 * sets whatever the order of names, is made once for each way of writing it.
 */
export class LabelSets {
  readonly #found: (readonly LabelPair[])[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #byShape = new Map<string, Level>();

  /** All sets by number, labels in the order in which the first writer gave them. */
  get found(): readonly (readonly LabelPair[])[] {
    return this.#found;
  }

  /** The number of each of a claim's series, as `writer` has them where each is shown. */
  numbersOf(claim: Claim, writer?: string): readonly number[] {
    const { metric, defaultLabels, series } = claim;
    const shape = JSON.stringify([metric.labelNames, defaultLabels, writer]);
    let root = this.#byShape.get(shape);
    if (root === undefined) {
      root = newLevel();
      this.#byShape.set(shape, root);
    }
    const begin = root;
    return series.map((one) => {
      const level = descend(begin, one.labelValues);
      if (level.number < 0) level.number = this.#numberOf(seriesLabels(claim, one, writer));
      return level.number;
    });
  }

  #numberOf(pairs: readonly LabelPair[]): number {
    const key = seriesKey(pairs);
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.#found.push(pairs) - 1;
      this.#byKey.set(key, number);
    }
    return number;
  }
}

function newLevel(): Level {
  return { next: new Map(), number: -1 };
}

function descend(root: Level, values: LabelValues): Level {
  let level = root;
  for (const value of values) {
    let next = level.next.get(value);
    if (next === undefined) {
      next = newLevel();
      level.next.set(value, next);
    }
    level = next;
  }
  return level;
}
