import { AGGREGATOR_MODES, type Aggregator } from '../../metrics/configuration.js';
import { toMetricObject } from '../../metrics/metric-objects.js';
import type { AnyMetricObject, Shown } from '../../metrics/shown.js';
import { type LabelPair, labelKey } from '../../model/labels.js';
import type { MetricDescriptor } from '../../model/metric.js';
import type { ThreadState } from '../../state.js';
import { Series, StoreMetric } from '../../store/series.js';
import { Total } from './total.js';

/**
 * The series of a family that have the same label names: in the store a metric of its own.
 * So a point with another attribute than those before it moves none of theirs.
 */
export class Shape implements Shown {
  readonly storeMetric: StoreMetric;
  readonly #state: ThreadState;
  readonly #totals = new Map<string, { readonly total: Total; readonly pairs: LabelPair[] }>();

  constructor(descriptor: MetricDescriptor, state: ThreadState) {
    this.#state = state;
    this.storeMetric = new StoreMetric(descriptor);
    state.store.attach(this.storeMetric);
  }

  get name(): string {
    return this.storeMetric.descriptor.name;
  }

  get aggregator(): Aggregator {
    const { mode } = this.storeMetric.descriptor;
    const found = Object.entries(AGGREGATOR_MODES).find(([, its]) => its === mode);
    return (found?.[0] as Aggregator | undefined) ?? 'sum';
  }

  get size(): number {
    return this.#totals.size;
  }

  find(pairs: readonly LabelPair[]): Total | undefined {
    return this.#totals.get(labelKey(pairs))?.total;
  }

  open(pairs: readonly LabelPair[]): Total {
    const values = pairs.map(([, value]) => value);
    const series = new Series(this.storeMetric, values);
    this.#state.store.open(series);
    const total = new Total(series);
    this.#totals.set(labelKey(pairs), { total, pairs: [...pairs] });
    return total;
  }

  close(total: Total): void {
    const { labelNames } = this.storeMetric.descriptor;
    const { labelValues } = total.series;
    this.#totals.delete(labelKey(labelNames.map((name, i) => [name, labelValues[i] as string])));
    this.#state.store.close(total.series);
    if (this.size === 0) this.#state.store.detach(this.storeMetric);
  }

  /** Not for registries to decide: what the SDK reports is on the page of every global one. */
  attach(): void {}
  detach(): void {}
  setDefaultLabels(): void {}
  runCollect(): void {}

  snapshot(): AnyMetricObject | undefined {
    const { descriptor, width } = this.storeMetric;
    const { name, help, type, buckets } = descriptor;
    const all = [...this.#totals.values()];
    const values = new Float64Array(all.length * width);
    all.forEach(({ total }, i) => {
      values.set(total.series.snapshot(), i * width);
    });
    const labels = all.map(({ pairs }) => pairs);
    const order = Int32Array.from(labels.keys());
    const table = { name, help, type, bounds: buckets, width, labels, order, values, stamp: 0 };
    return toMetricObject(table, this.aggregator);
  }
}
