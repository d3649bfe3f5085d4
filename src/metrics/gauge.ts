import { format } from 'node:util';
import type { GaugeMode } from '../model/metric.js';
import { Child, type ChildOwner, type LabelSet } from './child.js';
import {
  type LabelValuesByName,
  type MetricConfiguration,
  type MetricObjectWithValues,
  type MetricValue,
  modeOf,
  requireConfig,
} from './configuration.js';
import { setGauge, type TimeKept, timeKeptBy } from './gauge-slots.js';
import { Metric } from './metric.js';
import { startTimer } from './timer.js';

export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  /** How the values of many processes become one; `livesum` where neither this nor `aggregator` is given. */
  multiprocessMode?: GaugeMode | undefined;
  /** Called before a page is made; brings the gauge up to date with `this.set`. */
  collect?: ((this: Gauge<T>) => void | Promise<void>) | undefined;
}

/**
 * One series of a gauge, bound: its methods look nothing up, and may be taken off and
 * passed on. Stays valid as long as the gauge, also when the series is removed meanwhile.
 */
export interface BoundGauge<T extends string = string> {
  /** @throws TypeError when the value is not a number; NaN and infinities are numbers */
  readonly set: (value: number) => void;
  /** Adds `value`, or 1. @throws TypeError when the value is not a number */
  readonly inc: (value?: number) => void;
  /** Subtracts `value`, or 1. @throws TypeError when the value is not a number */
  readonly dec: (value?: number) => void;
  /** Sets seconds since 1970. */
  readonly setToCurrentTime: () => void;
  /** Returns a function that sets, and returns, the seconds since this call; it takes further labels. */
  readonly startTimer: () => (labels?: LabelValuesByName<T>) => number;
}

/** One series of a gauge in the index. */
export class GaugeChild extends Child<GaugeChild> {
  readonly #timeKept: TimeKept;
  #bound: BoundGauge | undefined;

  constructor(owner: ChildOwner<GaugeChild>, labels: LabelSet, timeKept: TimeKept) {
    super(owner, labels);
    this.#timeKept = timeKept;
  }

  /** What `labels()` gives: the same at every call. */
  get bound(): BoundGauge {
    this.#bound ??= {
      set: (value) => this.set(value),
      inc: (value) => this.inc(value),
      dec: (value) => this.dec(value),
      setToCurrentTime: () => this.setToCurrentTime(),
      startTimer: () =>
        startTimer((seconds, labels?: object) => this.withLabels(labels).set(seconds)),
    };
    return this.#bound;
  }

  set(value: number): void {
    if (typeof value !== 'number') invalid('Value', value);
    if (this.index < 0) this.revive().#store(value);
    else this.#store(value);
  }

  inc(value = 1): void {
    if (typeof value !== 'number') invalid('Delta', value);
    const child = this.index < 0 ? this.revive() : this;
    child.#store((child.values[child.index] as number) + value);
  }

  dec(value = 1): void {
    if (typeof value !== 'number') invalid('Delta', value);
    const child = this.index < 0 ? this.revive() : this;
    child.#store((child.values[child.index] as number) - value);
  }

  setToCurrentTime(): void {
    this.set(Date.now() / 1000);
  }

  /** @internal Gives the series its block and leaves it unset. */
  show(): void {
    if (this.index < 0) this.revive();
  }

  #store(value: number): void {
    setGauge(this, value, this.#timeKept);
  }
}

/** A value that goes up and down; processes are merged by `multiprocessMode`. prom-client's class. */
export class Gauge<T extends string = string> extends Metric<T, GaugeChild> {
  readonly multiprocessMode: GaugeMode;
  readonly #bare: GaugeChild;

  constructor(config: GaugeConfiguration<T>) {
    requireConfig(config);
    const mode = modeOf(config);
    super(config, {
      type: 'gauge',
      mode,
      buckets: [],
      reserved: mode === 'all' || mode === 'liveall' ? ['pid'] : [],
    });
    this.multiprocessMode = mode;
    this.#bare = this.childOf({});
    if (this.labelNames.length === 0) this.#bare.show();
  }

  /** Sets the series of these labels. @throws Error for an unknown label @throws TypeError for no number */
  set(labels: LabelValuesByName<T>, value: number): void;
  set(value: number): void;
  set(labels: LabelValuesByName<T> | number, value?: number): void {
    if (typeof labels === 'object' && labels !== null) this.childOf(labels).set(value as number);
    else this.#bare.set(labels);
  }

  /** Adds `value`, or 1. @throws Error for an unknown label @throws TypeError for no number */
  inc(labels: LabelValuesByName<T>, value?: number): void;
  inc(value?: number): void;
  inc(labels?: LabelValuesByName<T> | number, value?: number): void {
    if (typeof labels === 'object' && labels !== null) this.childOf(labels).inc(value);
    else this.#bare.inc(labels);
  }

  /** Subtracts `value`, or 1. @throws Error for an unknown label @throws TypeError for no number */
  dec(labels: LabelValuesByName<T>, value?: number): void;
  dec(value?: number): void;
  dec(labels?: LabelValuesByName<T> | number, value?: number): void {
    if (typeof labels === 'object' && labels !== null) this.childOf(labels).dec(value);
    else this.#bare.dec(labels);
  }

  /** Sets seconds since 1970. @throws Error for an unknown label */
  setToCurrentTime(labels?: LabelValuesByName<T>): void {
    const child = labels === undefined ? this.#bare : this.childOf(labels);
    child.setToCurrentTime();
  }

  /** Returns a function that sets, and returns, the seconds since this call; it takes further labels. */
  startTimer(labels?: LabelValuesByName<T>): (labels?: LabelValuesByName<T>) => number {
    return startTimer((seconds, endLabels?: LabelValuesByName<T>) =>
      this.set({ ...labels, ...endLabels } as LabelValuesByName<T>, seconds),
    );
  }

  /** The series of these labels, bound: its methods look nothing up. @throws Error for an unknown label */
  labels(...values: (string | number)[]): BoundGauge<T>;
  labels(labels: LabelValuesByName<T>): BoundGauge<T>;
  labels(...labels: (LabelValuesByName<T> | string | number)[]): BoundGauge<T> {
    return this.boundChild(labels).bound;
  }

  /** Takes this thread's share off the merged page: see `remove`. Without labels it begins again at zero, not set. */
  override reset(): void {
    super.reset();
    if (this.labelNames.length === 0) this.#bare.show();
  }

  /** The values of this process, as prom-client gives them. */
  override get(): Promise<MetricObjectWithValues<MetricValue<T>>> {
    return this.describe();
  }

  protected currentValues(): MetricValue<T>[] {
    return this.openChildren().map((child) => ({
      value: child.values[child.index] as number,
      labels: this.labelsOfChild(child),
    }));
  }

  protected createChild(labels: LabelSet): GaugeChild {
    return new GaugeChild(this, labels, timeKeptBy(this.storeMetric.descriptor.mode));
  }
}

/** prom-client's names of types. */
export declare namespace Gauge {
  type Internal<T extends string = string> = BoundGauge<T>;
}

function invalid(what: string, value: unknown): never {
  throw new TypeError(`${what} is not a valid number: ${format(value)}`);
}
