import { format } from 'node:util';
import { Child, type ChildOwner, type LabelSet } from './child.js';
import {
  type LabelValuesByName,
  type MetricConfiguration,
  type MetricObjectWithValues,
  requireConfig,
} from './configuration.js';
import { Metric } from './metric.js';
import { startTimer } from './timer.js';
import { WindowQuantiles } from './window-quantiles.js';

const DEFAULT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const DEFAULT_COMPRESS_COUNT = 1000;

export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  percentiles?: number[] | undefined;
  maxAgeSeconds?: number | undefined;
  ageBuckets?: number | undefined;
  /** Leaves series out of `get()`, and forgets them, when their window is empty. */
  pruneAgedBuckets?: boolean | undefined;
  /** Values after which the sketch is compressed. */
  compressCount?: number | undefined;
  /** Called before a page is made; brings the summary up to date with `this.observe`. */
  collect?: ((this: Summary<T>) => void | Promise<void>) | undefined;
}

/** One value as `get()` gives it: prom-client's. */
export interface SummaryValue<T extends string> {
  value: number;
  labels: Partial<Record<T | 'quantile', string | number>>;
  metricName?: string;
}

interface SummaryOptions {
  readonly maxAgeSeconds: number | undefined;
  readonly ageBuckets: number | undefined;
  readonly compressCount: number;
}

/**
 * One series of a summary, bound: its methods look nothing up, and may be taken off and
 * passed on. Stays valid as long as the summary, also when the series is removed meanwhile.
 */
export interface BoundSummary<T extends string = string> {
  /** Takes `value` in. @throws TypeError when it is not a finite number */
  readonly observe: (value: number) => void;
  /** Returns a function that observes, and returns, the seconds since this call; it takes further labels. */
  readonly startTimer: () => (labels?: LabelValuesByName<T>) => number;
}

/** One series of a summary in the index. */
export class SummaryChild extends Child<SummaryChild> {
  /** @internal */
  readonly quantiles: WindowQuantiles;
  readonly #compressCount: number;
  #bound: BoundSummary | undefined;

  constructor(owner: ChildOwner<SummaryChild>, labels: LabelSet, options: SummaryOptions) {
    super(owner, labels);
    this.quantiles = new WindowQuantiles(options.maxAgeSeconds, options.ageBuckets);
    this.#compressCount = options.compressCount;
  }

  /** What `labels()` gives: the same at every call. */
  get bound(): BoundSummary {
    this.#bound ??= {
      observe: (value) => this.observe(value),
      startTimer: () =>
        startTimer((seconds, labels?: object) => this.withLabels(labels).observe(seconds)),
    };
    return this.#bound;
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) {
      throw new TypeError(`Value is not a valid number: ${format(value)}`);
    }
    const { index } = this;
    if (index < 0) {
      this.quantiles.reset();
      this.revive().observe(value);
      return;
    }
    const { values, dirty } = this;
    const count = (values[index] as number) + 1;
    values[index] = count;
    values[index + 1] = (values[index + 1] as number) + value;
    if (dirty !== undefined) dirty.mark(index, index + 1);
    this.quantiles.push(value);
    if (count % this.#compressCount === 0) this.quantiles.compress();
  }

  /** @internal Gives the series its block, or sets it to zero where it has one. */
  zero(): void {
    const child = this.index < 0 ? this.revive() : this;
    const { values, index, dirty } = child;
    values.fill(0, index, index + 2);
    if (dirty !== undefined) dirty.mark(index, index + 1);
    child.quantiles.reset();
  }
}

/**
 * Count and sum of values, added over all processes, dead ones too. Quantiles cannot be
 * added: they are kept per process, `get()` shows them, the merged page does not.
 * prom-client's class.
 */
export class Summary<T extends string = string> extends Metric<T, SummaryChild> {
  readonly percentiles: readonly number[];
  readonly #options: SummaryOptions;
  readonly #prune: boolean;
  readonly #bare: SummaryChild | undefined;

  constructor(config: SummaryConfiguration<T>) {
    requireConfig(config);
    super(config, { type: 'summary', mode: 'livesum', buckets: [], reserved: ['quantile'] });
    this.percentiles = config.percentiles ?? DEFAULT_PERCENTILES;
    this.#prune = config.pruneAgedBuckets ?? false;
    this.#options = {
      maxAgeSeconds: config.maxAgeSeconds,
      ageBuckets: config.ageBuckets,
      compressCount: config.compressCount ?? DEFAULT_COMPRESS_COUNT,
    };
    if (this.labelNames.length === 0) {
      this.#bare = this.childOf({});
      this.#bare.zero();
    }
  }

  /** Takes `value` in. @throws Error for an unknown label @throws TypeError when it is not a finite number */
  observe(labels: LabelValuesByName<T>, value: number): void;
  observe(value: number): void;
  observe(labels: LabelValuesByName<T> | number, value?: number): void {
    if (typeof labels === 'object' && labels !== null) {
      this.childOf(labels).observe(value as number);
    } else (this.#bare ?? this.childOf({})).observe(labels);
  }

  /** Returns a function that observes, and returns, the seconds since this call; it takes further labels. */
  startTimer(labels?: LabelValuesByName<T>): (labels?: LabelValuesByName<T>) => number {
    return startTimer((seconds, endLabels?: LabelValuesByName<T>) =>
      this.observe({ ...labels, ...endLabels } as LabelValuesByName<T>, seconds),
    );
  }

  /** The series of these labels, bound. @throws Error for an unknown label */
  labels(...values: (string | number)[]): BoundSummary<T>;
  labels(labels: LabelValuesByName<T>): BoundSummary<T>;
  labels(...labels: (LabelValuesByName<T> | string | number)[]): BoundSummary<T> {
    return this.boundChild(labels).bound;
  }

  /** Sets all series of this process to zero. */
  override reset(): void {
    for (const child of this.openChildren()) child.zero();
  }

  /** The values of this process, quantiles included, as prom-client gives them. */
  override get(): Promise<MetricObjectWithValues<SummaryValue<T>>> {
    return this.describe();
  }

  protected currentValues(): SummaryValue<T>[] {
    if (this.#prune) this.#forgetAged();
    return this.openChildren().flatMap((child) => this.#export(child));
  }

  protected createChild(labels: LabelSet): SummaryChild {
    return new SummaryChild(this, labels, this.#options);
  }

  /** @internal Leaves aged series out of the page that is made next, before the callback runs. */
  override runCollect(): unknown {
    if (this.#prune) this.#forgetAged();
    return super.runCollect();
  }

  #forgetAged(): void {
    for (const child of this.openChildren()) {
      if (!child.quantiles.isEmpty()) continue;
      this.index.delete(child.labelValues);
      this.store.close(child);
    }
  }

  #export(child: SummaryChild): SummaryValue<T>[] {
    const labels = this.labelsOfChild(child) as SummaryValue<T>['labels'];
    const [count, sum] = child.snapshot() as unknown as [number, number];
    const quantiles = this.percentiles.map((quantile) => ({
      labels: { quantile, ...labels },
      value: child.quantiles.quantile(quantile),
    }));
    return [
      ...quantiles,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

/** prom-client's names of types. */
export declare namespace Summary {
  type Internal<T extends string = string> = BoundSummary<T>;
}
