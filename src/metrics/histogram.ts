import { format } from 'node:util';
import { type BucketFinder, bucketFinder, findBucket } from './bucket-finder.js';
import { Child, type ChildOwner, type LabelSet } from './child.js';
import {
  type LabelValuesByName,
  type MetricConfiguration,
  type MetricObjectWithValues,
  requireConfig,
} from './configuration.js';
import {
  type ExemplarLabels,
  exemplarOf,
  type MetricExemplar,
  toMetricExemplar,
} from './exemplars.js';
import { Metric } from './metric.js';
import { startTimer } from './timer.js';

const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Upper bounds, in any order; `+Inf` is added. prom-client's default where not given. */
  buckets?: number[] | undefined;
  /** Called before a page is made; brings the histogram up to date with `this.observe`. */
  collect?: ((this: Histogram<T>) => void | Promise<void>) | undefined;
}

/** One value as `get()` gives it: prom-client's, buckets cumulative. */
export interface HistogramValue<T extends string> {
  value: number;
  metricName: string;
  labels: Partial<Record<T | 'le', string | number>>;
  exemplar: MetricExemplar | null | undefined;
}

/** What `observe` of a histogram with exemplars takes: prom-client's. */
export interface ObserveDataWithExemplar<T extends string> {
  labels?: LabelValuesByName<T> | undefined;
  value: number;
  /** Labels of this value as its bucket's exemplar; where there are none, the last one stays. */
  exemplarLabels?: ExemplarLabels | undefined;
}

/**
 * One series of a histogram, bound: its methods look nothing up, and may be taken off and
 * passed on. Stays valid as long as the histogram, also when the series is removed meanwhile.
 */
export interface BoundHistogram<T extends string = string> {
  /** Counts `value` in its bucket. @throws TypeError when it is not a finite number */
  readonly observe: (value: number) => void;
  /** Returns a function that observes, and returns, the seconds since this call; it takes further labels. */
  readonly startTimer: () => (labels?: LabelValuesByName<T>) => number;
}

/** One series of a histogram in the index. */
export class HistogramChild extends Child<HistogramChild> {
  readonly #finder: BucketFinder;
  #bound: BoundHistogram | undefined;

  constructor(owner: ChildOwner<HistogramChild>, labels: LabelSet, finder: BucketFinder) {
    super(owner, labels);
    this.#finder = finder;
  }

  /** What `labels()` gives: the same at every call. */
  get bound(): BoundHistogram {
    this.#bound ??= {
      observe: (value) => this.observe(value),
      startTimer: () =>
        startTimer((seconds, labels?: object) => this.withLabels(labels).observe(seconds)),
    };
    return this.#bound;
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) notFinite(value);
    const { index } = this;
    if (index < 0) {
      this.revive().observe(value);
      return;
    }
    const { values, dirty } = this;
    const finder = this.#finder;
    const at = index + findBucket(finder, value);
    const sumAt = index + finder.bounds.length + 1;
    values[at] = (values[at] as number) + 1;
    values[sumAt] = (values[sumAt] as number) + value;
    if (dirty !== undefined) dirty.mark(at, sumAt);
  }

  /** @internal Gives the series its block, or sets it to zero where it has one. */
  zero(): void {
    const child = this.index < 0 ? this.revive() : this;
    const { values, index, dirty } = child;
    const end = index + child.metric.width;
    values.fill(0, index, end);
    if (dirty !== undefined) dirty.mark(index, end - 1);
  }
}

/** Counts of values by bucket, with their sum, added over all processes, dead ones too. prom-client's class. */
export class Histogram<T extends string = string> extends Metric<T, HistogramChild> {
  /** Upper bounds, ascending, without `+Inf`. */
  readonly buckets: readonly number[];
  readonly #finder: BucketFinder;
  readonly #bare: HistogramChild;

  constructor(config: HistogramConfiguration<T>) {
    requireConfig(config);
    const buckets = ascending(config.buckets ?? DEFAULT_BUCKETS);
    super(config, { type: 'histogram', mode: 'livesum', buckets, reserved: ['le'] });
    this.buckets = buckets;
    this.#finder = bucketFinder(buckets);
    // Of its own, as prom-client has it: `observe` of other histograms pays nothing.
    if (this.enableExemplars) this.observe = this.#observeWithExemplar as Histogram<T>['observe'];
    this.#bare = this.childOf({});
    if (this.labelNames.length === 0) this.#bare.zero();
  }

  /**
   * Counts `value`. With `enableExemplars` it takes one object, and only that: prom-client's rule.
   *
   * @throws Error for an unknown label
   * @throws TypeError when the value is not a finite number
   * @throws RangeError when an exemplar's labels are longer than OpenMetrics allows: the value counts
   */
  observe(labels: LabelValuesByName<T>, value: number): void;
  observe(value: number): void;
  observe(data: ObserveDataWithExemplar<T>): void;
  observe(
    labels: LabelValuesByName<T> | ObserveDataWithExemplar<T> | number,
    value?: number,
  ): void {
    if (typeof labels === 'object' && labels !== null) {
      this.childOf(labels).observe(value as number);
    } else this.#bare.observe(labels);
  }

  #observeWithExemplar(data: Partial<ObserveDataWithExemplar<T>> = {}): void {
    const { labels, value, exemplarLabels = {} } = data;
    const labelled = typeof labels === 'object' && labels !== null;
    const child = labelled ? this.childOf(labels) : this.#bare;
    const observed = (labelled ? value : (labels ?? value)) as number;
    child.observe(observed);
    this.giveExemplar(child, observed, exemplarLabels);
  }

  /** @internal Makes `value`, which was counted, the exemplar of its bucket, where there are labels. */
  giveExemplar(child: HistogramChild, value: number, exemplarLabels: object): void {
    if (Object.keys(exemplarLabels).length === 0) return;
    const bucket = findBucket(this.#finder, value);
    this.store.exemplars.set(child.counting(), bucket, exemplarOf(exemplarLabels, value));
  }

  /** Shows the series of these labels with zeros, and sets it to zero where it was there. */
  zero(labels: LabelValuesByName<T> = {}): void {
    const child = this.childOf(labels);
    child.zero();
    this.store.exemplars.clear(child.counting());
  }

  /**
   * Returns a function that observes, and returns, the seconds since this call; it takes
   * further labels, of the series and of the exemplar.
   */
  startTimer(
    labels?: LabelValuesByName<T>,
    exemplarLabels?: ExemplarLabels,
  ): (labels?: LabelValuesByName<T>, exemplarLabels?: ExemplarLabels) => number {
    return startTimer(
      (seconds, endLabels?: LabelValuesByName<T>, endExemplarLabels?: ExemplarLabels) => {
        const all = { ...labels, ...endLabels } as LabelValuesByName<T>;
        if (this.enableExemplars) {
          const exemplar = { ...exemplarLabels, ...endExemplarLabels };
          this.observe({ labels: all, value: seconds, exemplarLabels: exemplar });
        } else this.observe(all, seconds);
      },
    );
  }

  /** The series of these labels, bound: its `observe` looks nothing up. @throws Error for an unknown label */
  labels(...values: (string | number)[]): BoundHistogram<T>;
  labels(labels: LabelValuesByName<T>): BoundHistogram<T>;
  labels(...labels: (LabelValuesByName<T> | string | number)[]): BoundHistogram<T> {
    return this.boundChild(labels).bound;
  }

  /** The values of this process, as prom-client gives them. */
  override get(): Promise<MetricObjectWithValues<HistogramValue<T>>> {
    return this.describe();
  }

  protected currentValues(): HistogramValue<T>[] {
    return this.openChildren().flatMap((child) => this.#export(child));
  }

  protected createChild(labels: LabelSet): HistogramChild {
    return new HistogramChild(this, labels, this.#finder);
  }

  #export(child: HistogramChild): HistogramValue<T>[] {
    const labels = this.labelsOfChild(child);
    const raw = child.snapshot();
    const line = (suffix: string, own: object, value: number) => ({
      labels: { ...own, ...labels } as HistogramValue<T>['labels'],
      value,
      metricName: `${this.name}${suffix}`,
      exemplar: undefined,
    });
    let count = 0;
    const buckets = [...this.buckets, '+Inf'].map((le, i) => {
      count += raw[i] as number;
      const given = child.exemplars?.[i];
      // prom-client's way to say that there is none.
      const none = this.enableExemplars && le === '+Inf' ? undefined : null;
      const exemplar = given === undefined ? none : toMetricExemplar(given);
      return { ...line('_bucket', { le }, count), exemplar };
    });
    return [...buckets, line('_sum', {}, raw.at(-1) as number), line('_count', {}, count)];
  }
}

/** prom-client's names of types. */
export declare namespace Histogram {
  type Internal<T extends string = string> = BoundHistogram<T>;
}

/** Apart, so that `observe` stays small enough to be inlined with what it calls. */
function notFinite(value: unknown): never {
  throw new TypeError(`Value is not a valid number: ${format(value)}`);
}

function ascending(buckets: readonly number[]): number[] {
  const finite = buckets.filter((bound) => bound !== Number.POSITIVE_INFINITY);
  for (const bound of finite) {
    if (!Number.isFinite(bound))
      throw new TypeError(`Bucket is not a valid number: ${format(bound)}`);
  }
  return [...new Set(finite)].sort((a, b) => a - b);
}
