import type { LabelValues } from '../model/labels.js';
import { Series, StoreMetric } from '../store/series.js';
import type { Store } from '../store/store.js';

/** A counter of the listener's own, in the store like any other. */
export class OwnCounter<L extends string = string> {
  readonly #store: Store;
  readonly #metric: StoreMetric;
  readonly #series = new Map<L | undefined, Series>();

  /** Without a label name it is shown at once. */
  constructor(store: Store, name: string, help: string, labelName?: string) {
    this.#store = store;
    const labelNames = labelName === undefined ? [] : [labelName];
    const given = { name: `prom_multiproc_statsd_${name}`, help, labelNames };
    this.#metric = new StoreMetric({ ...given, type: 'counter', mode: 'livesum', buckets: [] });
    store.attach(this.#metric);
    if (labelName === undefined) this.#open(undefined);
  }

  add(label?: L, amount = 1): void {
    const { values, index, dirty } = this.#series.get(label) ?? this.#open(label);
    values[index] = (values[index] as number) + amount;
    dirty?.mark(index, index);
  }

  #open(label: L | undefined): Series {
    const labelValues: LabelValues = label === undefined ? [] : [label];
    const series = new Series(this.#metric, labelValues);
    this.#series.set(label, series);
    this.#store.open(series);
    return series;
  }
}
