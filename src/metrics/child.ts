import type { LabelValues } from '../model/labels.js';
import { Series, type StoreMetric } from '../store/series.js';
import type { Indexed, LabelIndex } from './label-index.js';

/** Labels of one series. */
export interface LabelSet {
  readonly values: LabelValues;
  /** As the application gave them, by name, where `values` do not say it. */
  readonly given: Readonly<Record<string, unknown>> | undefined;
}

/** What a child needs of its metric to come back after it was removed. */
export interface ChildOwner<C extends Child<C>> {
  /** @internal */
  readonly index: LabelIndex<C>;
  /** @internal */
  readonly storeMetric: StoreMetric;
  /** @internal The child of these labels. */
  childOf(labels: object): C;
  /** @internal Gives a child its block, or gives the one that counts for it. */
  open(child: C): C;
}

/**
 * One series of a metric, with the methods that update it. It has no block until its
 * first update, and none again after it was removed: `index` is negative then, and that
 * is the one check an update makes.
 */
export abstract class Child<Self extends Child<Self>> extends Series implements Indexed {
  /** How many labels have a value. */
  readonly labelCount: number;
  readonly #given: LabelSet['given'];
  readonly #owner: ChildOwner<Self>;

  constructor(owner: ChildOwner<Self>, labels: LabelSet) {
    super(owner.storeMetric, labels.values);
    this.#owner = owner;
    this.#given = labels.given;
    let count = 0;
    for (const value of labels.values) if (value !== undefined) count++;
    this.labelCount = count;
  }

  /** This series, or the one that has these labels besides, or in place of, its own. */
  protected withLabels(labels: object | undefined): Self {
    if (labels === undefined) return this as unknown as Self;
    return this.#owner.childOf({ ...this.labels(), ...labels });
  }

  /** Labels by name as the application gave them, absent ones left out. */
  labels(): Record<string, unknown> {
    const { labelNames } = this.metric.descriptor;
    const pairs = this.#given
      ? Object.entries(this.#given)
      : labelNames.map((name, i) => [name, this.labelValues[i]] as const);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  }

  /** @internal The child that has the block of these labels, given one where it has none. */
  counting(): Self {
    return this.index < 0 ? this.revive() : (this as unknown as Self);
  }

  /**
   * The child to update in place of this one, which has no block: this one with a new
   * block, or the one that took its place since it was removed.
   */
  protected revive(): Self {
    const known = this.#owner.index.get(this.labelValues) ?? (this as unknown as Self);
    return known.index < 0 ? this.#owner.open(known) : known;
  }
}
