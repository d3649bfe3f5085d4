import type { LabelPair } from '../model/labels.js';
import { LABEL_NAME, METRIC_NAME } from '../model/metric.js';
import { type ThreadState, threadState } from '../state.js';
import { Series, StoreMetric } from '../store/series.js';
import type { Aggregator } from './configuration.js';
import { type ForeignSamples, readSamples } from './foreign-samples.js';
import { setGauge, timeKeptBy } from './gauge-slots.js';
import { noteRegistration } from './registrations.js';
import type { AnyMetricObject, Shown } from './shown.js';

/** What prom-client's registries take for a metric: whatever has `get()`. */
export interface ForeignObject {
  readonly name?: string;
  get(): unknown;
}

/**
 * A metric of somebody else's class. What its `get()` gives is what it is: every time the
 * callbacks of this thread run, that is written to the store as far as it makes sense
 * there. A counter or histogram is taken to hold this thread's total.
 */
export class ForeignMetric implements Shown {
  readonly #object: ForeignObject;
  readonly #state: ThreadState;
  readonly #series = new Map<string, Series>();
  #registrations = 0;
  #defaultLabels: readonly LabelPair[] = [];
  #last: AnyMetricObject | undefined;
  #form = '';
  /** @internal */
  storeMetric: StoreMetric | undefined;

  constructor(object: ForeignObject, state: ThreadState = threadState()) {
    this.#object = object;
    this.#state = state;
  }

  get name(): string {
    return this.#last?.name ?? this.#object.name ?? '';
  }

  get aggregator(): Aggregator {
    return this.#last?.aggregator ?? 'sum';
  }

  attach(defaultLabels: readonly LabelPair[]): void {
    if (this.#registrations === 0 || defaultLabels.length > 0) this.setDefaultLabels(defaultLabels);
    this.#registrations++;
    if (this.storeMetric !== undefined) this.#state.store.attach(this.storeMetric);
    this.#state.computed.add(this);
    noteRegistration();
  }

  detach(): void {
    if (this.#registrations === 0) return;
    this.#registrations--;
    if (this.storeMetric !== undefined) this.#state.store.detach(this.storeMetric);
    if (this.#registrations === 0) this.#state.computed.delete(this);
    noteRegistration();
  }

  setDefaultLabels(defaultLabels: readonly LabelPair[]): void {
    this.#defaultLabels = defaultLabels;
    if (this.storeMetric !== undefined) {
      this.#state.store.setDefaultLabels(this.storeMetric, defaultLabels);
    }
    noteRegistration();
  }

  snapshot(): AnyMetricObject | undefined {
    return this.#last;
  }

  /** @internal Asks the metric what it is, and writes that down. */
  runCollect(): unknown {
    const given = this.#object.get() as AnyMetricObject | PromiseLike<AnyMetricObject>;
    if (typeof (given as PromiseLike<AnyMetricObject>)?.then !== 'function') {
      return this.#update(given as AnyMetricObject);
    }
    return (given as PromiseLike<AnyMetricObject>).then((object) => this.#update(object));
  }

  #update(object: AnyMetricObject): void {
    if (object.name !== this.#last?.name) noteRegistration();
    this.#last = object;
    const samples = readSamples(object);
    const refused = [object.name, ...samples.labelNames].find(
      (name, i) => !(i === 0 ? METRIC_NAME : LABEL_NAME).test(name),
    );
    if (refused !== undefined) {
      const what = `A metric or one of its labels has the name ${JSON.stringify(refused)}`;
      this.#state.warn(`${what}: no merged page can show it`);
      return;
    }
    const { mode, type, labelNames, buckets } = samples;
    const form = JSON.stringify([object.name, object.help, type, mode, labelNames, buckets]);
    if (form !== this.#form) this.#renew(object, samples);
    this.#form = form;
    this.#write(samples);
  }

  /** The metric became another one, or has labels that it had not. */
  #renew({ name, help }: AnyMetricObject, samples: ForeignSamples): void {
    const { store } = this.#state;
    const old = this.storeMetric;
    for (const series of this.#series.values()) store.close(series);
    this.#series.clear();
    const { type, mode, labelNames, buckets } = samples;
    const renewed = new StoreMetric({ name, help: `${help}`, type, mode, labelNames, buckets });
    this.storeMetric = renewed;
    store.setDefaultLabels(renewed, this.#defaultLabels);
    for (let i = 0; i < this.#registrations; i++) {
      if (old !== undefined) store.detach(old);
      store.attach(renewed);
    }
    noteRegistration();
  }

  #write({ mode, type, series: samples }: ForeignSamples): void {
    const { store } = this.#state;
    const metric = this.storeMetric as StoreMetric;
    for (const [key, series] of this.#series) {
      if (samples.has(key)) continue;
      this.#series.delete(key);
      store.close(series);
    }
    for (const [key, { labelValues, slots }] of samples) {
      let series = this.#series.get(key);
      if (series === undefined) {
        series = new Series(metric, labelValues);
        this.#series.set(key, series);
        store.open(series);
      }
      if (type === 'gauge') {
        const [value = 0] = slots;
        // When a value was set is known only by its being another one.
        const timeKept = timeKeptBy(mode);
        const known = series.values[series.index + 1] !== 0;
        if (timeKept === 'time' && known && series.values[series.index] === value) continue;
        setGauge(series, value, timeKept);
        continue;
      }
      series.values.set(slots, series.index);
      series.dirty?.mark(series.index, series.index + slots.length - 1);
    }
  }
}
