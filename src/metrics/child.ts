import type { LabelValues } from '../model/labels.js';
import { Series, type StoreMetric } from '../store/series.js';
import type { Store } from '../store/store.js';
import type { Indexed, LabelIndex } from './label-index.js';

/** What a child needs of its metric to come back after it was removed. */
export interface ChildOwner<C extends Child<C>> {
  /** @internal */
  readonly index: LabelIndex<C>;
  /** @internal */
  readonly store: Store;
  /** @internal */
  readonly storeMetric: StoreMetric;
}

/**
 * One series of a metric, with the methods that update it. It has no block until its
 * first update, and none again after it was removed: `index` is negative then, and that
 * is the one check an update makes.
 */
export abstract class Child<Self extends Child<Self>> extends Series implements Indexed {
  /** How many labels have a value. */
  readonly labelCount: number;
  readonly #owner: ChildOwner<Self>;

  constructor(owner: ChildOwner<Self>, labelValues: LabelValues) {
    super(owner.storeMetric, labelValues);
    this.#owner = owner;
    let count = 0;
    for (const value of labelValues) if (value !== undefined) count++;
    this.labelCount = count;
  }

  /**
   * The child to update in place of this one, which has no block: this one with a new
   * block, or the one that took its place since it was removed.
   */
  protected revive(): Self {
    const { index, store } = this.#owner;
    let child = index.get(this.labelValues);
    if (child === undefined) {
      child = this as unknown as Self;
      index.set(child);
    }
    if (child.index < 0) store.open(child);
    return child;
  }
}
