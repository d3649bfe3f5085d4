import type { LabelPair } from '../model/labels.js';
import type { MetricType } from '../model/metric.js';
import { type Computed, type ThreadState, threadState } from '../state.js';
import { StoreMetric } from '../store/series.js';
import type { Store } from '../store/store.js';
import type { AnyMetric } from './any-metric.js';
import { Cardinality } from './cardinality.js';
import type { Child, ChildOwner, LabelSet } from './child.js';
import {
  type Aggregator,
  type LabelValuesByName,
  labelsOf,
  type MetricConfiguration,
  type MetricObjectWithValues,
  type MetricTraits,
  validate,
} from './configuration.js';
import { PROMETHEUS, type RegistryContentType } from './content-type.js';
import { LabelIndex } from './label-index.js';
import { noteRegistration } from './registrations.js';
import { defaultRegistry, type Registry } from './registry.js';
import type { AnyMetricObject, Shown } from './shown.js';

/** What the four metric types share. Metrics belong to the thread that made them. */
export abstract class Metric<T extends string, C extends Child<C>> implements ChildOwner<C>, Shown {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly T[];
  readonly aggregator: Aggregator;
  /** Of counters and histograms: whether an update is one object, in which may be `exemplarLabels`. */
  readonly enableExemplars: boolean;
  readonly registers: readonly Registry<RegistryContentType>[];
  /** @internal */
  readonly index: LabelIndex<C>;
  /** @internal */
  readonly store: Store;
  /** @internal */
  readonly storeMetric: StoreMetric;
  /** Brings computed values up to date before a page is made. May be set, or be a subclass's method. */
  collect?(): void | Promise<void>;
  readonly #computed: Set<Computed>;
  readonly #cardinality: Cardinality;

  /**
   * @throws Error as prom-client's, when name, help, a label name or a callback is not
   * what it must be, or a registry has the name already
   * @throws TypeError when it has exemplars and a registry is not for OpenMetrics, which
   * alone can show them
   */
  constructor(
    config: MetricConfiguration<T> & { collect?: unknown },
    traits: MetricTraits,
    state: ThreadState = threadState(),
  ) {
    const labelNames = [...new Set(config.labelNames ?? [])];
    validate(config, labelNames, traits);
    this.name = config.name;
    this.help = config.help;
    this.type = traits.type;
    this.labelNames = labelNames;
    this.aggregator = config.aggregator ?? 'sum';
    this.enableExemplars = Boolean(config.enableExemplars);
    this.registers = config.registers ?? [defaultRegistry()];
    if (config.collect) this.collect = config.collect as () => void | Promise<void>;
    this.#computed = state.computed;
    this.store = state.store;
    this.index = new LabelIndex<C>(labelNames);
    this.storeMetric = new StoreMetric({
      name: this.name,
      help: this.help,
      type: traits.type,
      mode: traits.mode,
      labelNames,
      buckets: traits.buckets,
    });
    const maxSeries = config.maxSeries ?? state.maxSeries;
    this.#cardinality = new Cardinality({ metricName: this.name, maxSeries, note: state.note });
    for (const registry of this.registers) {
      if (this.enableExemplars && registry.contentType === PROMETHEUS) {
        throw new TypeError('Exemplars are supported only on OpenMetrics registries');
      }
      registry.registerMetric(this as unknown as AnyMetric<T>);
    }
  }

  /** @internal A registry begins to show the metric. */
  attach(defaultLabels: readonly LabelPair[]): void {
    if (this.storeMetric.registrations === 0 || defaultLabels.length > 0) {
      this.setDefaultLabels(defaultLabels);
    }
    this.store.attach(this.storeMetric);
    this.#computed.add(this);
    noteRegistration();
  }

  /** @internal Every series has these labels where it has none of the name itself. */
  setDefaultLabels(defaultLabels: readonly LabelPair[]): void {
    this.store.setDefaultLabels(this.storeMetric, defaultLabels);
    noteRegistration();
  }

  /** @internal A registry no longer shows the metric. */
  detach(): void {
    this.store.detach(this.storeMetric);
    if (this.storeMetric.registrations === 0) this.#computed.delete(this);
    noteRegistration();
  }

  /** @internal Runs the callback, where there is one. */
  runCollect(): unknown {
    return this.collect?.();
  }

  /**
   * Takes this thread's share of one series, given by its label values in order or by name,
   * off the merged page, for good: made again it begins at 0. What other processes and
   * threads hold, and what dead ones left, stays. `resetDirectory` forgets the dead.
   */
  remove(...labels: [LabelValuesByName<T>] | (string | number)[]): void {
    const values = this.index.resolve(labelsOf(this.labelNames, labels));
    const child = this.index.get(values);
    if (child === undefined) return;
    this.index.delete(values);
    this.store.close(child);
  }

  /** Takes this thread's share of all series off the merged page, as `remove` does of one. */
  reset(): void {
    for (const child of [...this.storeMetric.series]) this.store.close(child);
    this.index.clear();
  }

  /**
   * @internal The child of these labels. A new one enters the index with its first
   * update, so that a rejected update leaves nothing behind.
   */
  childOf(labels: object): C {
    return this.index.find(labels) ?? this.#resolve(labels);
  }

  /** The child of these labels, in the index at once, for whoever keeps it. */
  protected boundChild(args: readonly unknown[]): C {
    const child = this.childOf(labelsOf(this.labelNames, args));
    // Beyond the limit nothing is kept of labels that may never come again.
    const { size } = this.storeMetric.series;
    if (this.index.get(child.labelValues) === undefined && this.#cardinality.admits(size)) {
      this.index.set(child);
    }
    return child;
  }

  /** @internal Gives a child its block, and a place in the index, or gives the one that counts for it. */
  open(child: C): C {
    let opened = child;
    const { size } = this.storeMetric.series;
    if (this.labelNames.length > 0 && !this.#cardinality.admits(size)) {
      const values = this.#cardinality.overflow(this.labelNames.length);
      opened = this.index.get(values) ?? this.createChild({ values, given: undefined });
      if (opened.index >= 0) return opened;
    }
    if (this.index.get(opened.labelValues) === undefined) this.index.set(opened);
    this.store.open(opened);
    return opened;
  }

  /** The values of this process: see the classes. */
  get(): Promise<MetricObjectWithValues<unknown>> {
    return this.describe();
  }

  /** @internal The values of this thread as they are, without the callback. */
  snapshot(): AnyMetricObject {
    return this.#object(this.currentValues() as AnyMetricObject['values']);
  }

  protected abstract currentValues(): unknown[];

  protected abstract createChild(labels: LabelSet): C;

  /** Open series of this thread in the order in which they were opened. */
  protected openChildren(): C[] {
    return [...this.storeMetric.series] as unknown as C[];
  }

  /** Labels of a series as `get()` shows them. */
  protected labelsOfChild(child: C): LabelValuesByName<T> {
    return child.labels() as LabelValuesByName<T>;
  }

  /** Awaits the callback, then gives what prom-client's `get()` gives. */
  protected async describe<V>(): Promise<MetricObjectWithValues<V>> {
    await this.runCollect();
    return this.#object(this.currentValues() as V[]);
  }

  #object<V>(values: V[]): MetricObjectWithValues<V> {
    const { help, name, type, aggregator } = this;
    return { help, name, type, values, aggregator };
  }

  #resolve(labels: object): C {
    const values = this.#cardinality.cut(this.index.resolve(labels));
    const known = this.index.get(values);
    if (known !== undefined) {
      this.index.alias(labels, known);
      return known;
    }
    return this.createChild({
      values,
      given: isAsKept(labels, this.labelNames) ? undefined : { ...labels },
    });
  }
}

/** Whether labels can be told from their values: all of them strings, and in the order of the names. */
function isAsKept(labels: object, names: readonly string[]): boolean {
  let last = -1;
  for (const [name, value] of Object.entries(labels)) {
    const at = names.indexOf(name);
    if (typeof value !== 'string' || at <= last) return false;
    last = at;
  }
  return true;
}
