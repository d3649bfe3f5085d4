import { format } from 'node:util';
import { Child, type LabelSet } from './child.js';
import {
  type LabelValuesByName,
  type MetricConfiguration,
  type MetricObjectWithValues,
  type MetricValue,
  requireConfig,
} from './configuration.js';
import { type ExemplarLabels, exemplarOf, toMetricExemplar } from './exemplars.js';
import { Metric } from './metric.js';

export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Called before a page is made; brings the counter up to date with `this.inc`. */
  collect?: ((this: Counter<T>) => void | Promise<void>) | undefined;
}

/** What `inc` of a counter with exemplars takes: prom-client's. */
export interface IncreaseDataWithExemplar<T extends string> {
  labels?: LabelValuesByName<T> | undefined;
  /** Default 1. */
  value?: number | undefined;
  /** Labels of this update as the counter's exemplar; where not given, the last one stays. */
  exemplarLabels?: ExemplarLabels | undefined;
}

/**
 * One series of a counter, bound: `inc` looks nothing up, and may be taken off and passed
 * on. Stays valid as long as the counter, also when the series is removed meanwhile.
 */
export interface BoundCounter {
  /**
   * Adds `value`, or 1.
   *
   * @throws TypeError when the value is not a finite number
   * @throws Error when it is negative
   */
  readonly inc: (value?: number | null) => void;
}

/** One series of a counter in the index. */
export class CounterChild extends Child<CounterChild> {
  #bound: BoundCounter | undefined;

  /** What `labels()` gives: the same at every call. */
  get bound(): BoundCounter {
    this.#bound ??= { inc: (value) => this.inc(value) };
    return this.#bound;
  }

  /** See `BoundCounter`. */
  inc(value?: number | null): void {
    let amount = 1;
    if (value !== undefined && value !== null) {
      // One comparison for the usual case; what is wrong is found out in `reject`.
      if (!(typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)) {
        reject(value);
      }
      amount = value;
    }
    const { index } = this;
    if (index < 0) {
      this.revive().inc(amount);
      return;
    }
    const { values, dirty } = this;
    values[index] = (values[index] as number) + amount;
    if (dirty !== undefined) dirty.mark(index, index);
  }
}

/** A value that only goes up, summed over all processes, dead ones too. prom-client's class. */
export class Counter<T extends string = string> extends Metric<T, CounterChild> {
  readonly #bare: CounterChild;

  constructor(config: CounterConfiguration<T>) {
    requireConfig(config);
    super(config, { type: 'counter', mode: 'livesum', buckets: [], reserved: [] });
    // Of its own, as prom-client has it: `inc` of other counters pays nothing.
    if (this.enableExemplars) this.inc = this.#incWithExemplar as Counter<T>['inc'];
    this.#bare = this.childOf({});
    if (this.labelNames.length === 0) this.#bare.inc(0);
  }

  /**
   * Adds `value`, or 1, to the series of these labels. With `enableExemplars` it takes one
   * object, and only that: prom-client's rule.
   *
   * @throws RangeError when an exemplar's labels are longer than OpenMetrics allows: the value counts
   * @throws Error when a label is unknown or the value negative
   * @throws TypeError when the value is not a finite number
   */
  inc(labels: LabelValuesByName<T>, value?: number): void;
  inc(value?: number): void;
  inc(data: IncreaseDataWithExemplar<T>): void;
  inc(
    labels?: LabelValuesByName<T> | IncreaseDataWithExemplar<T> | number | null,
    value?: number,
  ): void {
    if (typeof labels === 'object' && labels !== null) this.childOf(labels).inc(value);
    else this.#bare.inc(labels);
  }

  #incWithExemplar(data: IncreaseDataWithExemplar<T> = {}): void {
    const { labels = {}, value = 1, exemplarLabels } = data;
    const labelled = typeof labels === 'object' && labels !== null;
    const child = labelled ? this.childOf(labels) : this.#bare;
    child.inc(labelled ? value : (labels as number));
    if (exemplarLabels !== undefined) this.giveExemplar(child, value, exemplarLabels);
  }

  /** @internal Makes the update by `value`, which was counted, the exemplar of its series. */
  giveExemplar(child: CounterChild, value: number, exemplarLabels: object): void {
    this.store.exemplars.set(child.counting(), 0, exemplarOf(exemplarLabels, value || 1));
  }

  /** The series of these labels, bound: its `inc` looks nothing up, and gives no exemplar. */
  labels(...values: (string | number)[]): BoundCounter;
  labels(labels: LabelValuesByName<T>): BoundCounter;
  labels(...labels: (LabelValuesByName<T> | string | number)[]): BoundCounter {
    return this.boundChild(labels).bound;
  }

  /** Takes this thread's share off the merged page: see `remove`. Without labels it begins again at zero. */
  override reset(): void {
    super.reset();
    if (this.labelNames.length === 0) this.#bare.inc(0);
  }

  /** The values of this process, as prom-client gives them. */
  override get(): Promise<MetricObjectWithValues<MetricValue<T>>> {
    return this.describe();
  }

  protected currentValues(): MetricValue<T>[] {
    return this.openChildren().map((child) => {
      const exemplar = child.exemplars?.[0];
      return {
        value: child.values[child.index] as number,
        labels: this.labelsOfChild(child),
        ...(exemplar === undefined ? {} : { exemplar: toMetricExemplar(exemplar) }),
      };
    });
  }

  protected createChild(labels: LabelSet): CounterChild {
    return new CounterChild(this, labels);
  }
}

/** prom-client's names of types. */
export declare namespace Counter {
  type Internal = BoundCounter;
}

function reject(value: number): never {
  if (typeof value === 'number' && value < 0 && Number.isFinite(value)) {
    throw new Error('It is not possible to decrease a counter');
  }
  throw new TypeError(`Value is not a valid number: ${format(value)}`);
}
