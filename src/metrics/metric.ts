import type { LabelPair } from '../model/labels.js';
import { GAUGE_MODES, type GaugeMode, type MetricType } from '../model/metric.js';
import { type Computed, type ThreadState, threadState } from '../state.js';
import { StoreMetric } from '../store/series.js';
import type { Store } from '../store/store.js';
import type { AnyMetric } from './any-metric.js';
import type { Child, ChildOwner, LabelSet } from './child.js';
import { LabelIndex } from './label-index.js';
import { defaultRegistry, type Registry, type RegistryContentType } from './registry.js';

/** prom-client's rules for merging in a cluster: each stands for a gauge mode. */
export type Aggregator = 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average';

const AGGREGATOR_MODES: Readonly<Record<Aggregator, GaugeMode>> = {
  sum: 'livesum',
  min: 'livemin',
  max: 'livemax',
  average: 'liveaverage',
  first: 'livemostrecent',
  omit: 'omit',
};

/** Label values by name: strings, or numbers that are shown as JavaScript prints them. */
export type LabelValuesByName<T extends string> = Partial<Record<T, string | number>>;

/** Options of every metric: prom-client's. */
export interface MetricConfiguration<T extends string> {
  name: string;
  help: string;
  labelNames?: T[] | readonly T[] | undefined;
  /** Registries that show the metric; the default registry where not given. */
  registers?: readonly Registry<RegistryContentType>[] | undefined;
  /** For gauges only: see `multiprocessMode`, which comes first. */
  aggregator?: Aggregator | undefined;
}

/** One value as `get()` gives it: prom-client's. */
export interface MetricValue<T extends string> {
  value: number;
  labels: LabelValuesByName<T>;
}

/** One value of a metric that has several lines for each series. */
export type MetricValueWithName<T extends string> = MetricValue<T> & { metricName?: string };

/** What a metric says of itself: prom-client's. */
export interface MetricObject {
  name: string;
  help: string;
  type: MetricType;
  aggregator: Aggregator;
}

/** What `get()` gives: prom-client's. */
export interface MetricObjectWithValues<V> extends MetricObject {
  values: V[];
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** What differs from type to type. */
export interface MetricTraits {
  readonly type: MetricType;
  readonly mode: GaugeMode;
  readonly buckets: readonly number[];
  /** Label names that the type needs for itself. */
  readonly reserved: readonly string[];
}

/** What the four metric types share. Metrics belong to the thread that made them. */
export abstract class Metric<T extends string, C extends Child<C>>
  implements ChildOwner<C>, Computed
{
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly T[];
  readonly aggregator: Aggregator;
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

  /**
   * @throws Error as prom-client's, when name, help, a label name or a callback is not
   * what it must be, or a registry has the name already
   */
  constructor(
    config: MetricConfiguration<T> & { collect?: unknown; enableExemplars?: unknown },
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
    for (const registry of this.registers) registry.registerMetric(this as unknown as AnyMetric<T>);
  }

  /** @internal A registry begins to show the metric. */
  attach(defaultLabels: readonly LabelPair[]): void {
    if (this.storeMetric.registrations === 0 || defaultLabels.length > 0) {
      this.setDefaultLabels(defaultLabels);
    }
    this.store.attach(this.storeMetric);
    this.#computed.add(this);
  }

  /** @internal Every series has these labels where it has none of the name itself. */
  setDefaultLabels(defaultLabels: readonly LabelPair[]): void {
    this.store.setDefaultLabels(this.storeMetric, defaultLabels);
  }

  /** @internal A registry no longer shows the metric. */
  detach(): void {
    this.store.detach(this.storeMetric);
    if (this.storeMetric.registrations === 0) this.#computed.delete(this);
  }

  /** @internal Runs the callback, where there is one. */
  runCollect(): unknown {
    return this.collect?.();
  }

  /** Takes one series, given by its label values in order or by name, off the page of this process. */
  remove(...labels: [LabelValuesByName<T>] | (string | number)[]): void {
    const values = this.index.resolve(labelsOf(this.labelNames, labels));
    const child = this.index.get(values);
    if (child === undefined) return;
    this.index.delete(values);
    this.store.close(child);
  }

  /** Takes all series off the page of this process. */
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
    if (this.index.get(child.labelValues) === undefined) this.index.set(child);
    return child;
  }

  /** The values of this process: see the classes. */
  abstract get(): Promise<MetricObjectWithValues<unknown>>;

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
  protected async describe<V>(values: () => V[]): Promise<MetricObjectWithValues<V>> {
    await this.runCollect();
    return {
      help: this.help,
      name: this.name,
      type: this.type,
      values: values(),
      aggregator: this.aggregator,
    };
  }

  #resolve(labels: object): C {
    const values = this.index.resolve(labels);
    const known = this.index.get(values);
    if (known !== undefined) {
      this.index.alias(labels, known);
      return known;
    }
    const allStrings = values.every(
      (value, i) => value === (labels as Record<string, unknown>)[this.labelNames[i] as string],
    );
    return this.createChild({ values, given: allStrings ? undefined : { ...labels } });
  }
}

/** Labels given by name, or by value in the order of the names: prom-client's rule. */
export function labelsOf(names: readonly string[], args: readonly unknown[]): object {
  const [first] = args;
  if (typeof first === 'object') return first ?? {};
  if (names.length !== args.length) {
    throw new Error(
      `Invalid number of arguments (${args.length}): "${args.join(', ')}" for label names (${names.length}): "${names.join(', ')}".`,
    );
  }
  return Object.fromEntries(names.map((name, i) => [name, args[i]]));
}

/** The gauge mode of a configuration. */
export function modeOf(config: {
  multiprocessMode?: GaugeMode | undefined;
  aggregator?: Aggregator | undefined;
}): GaugeMode {
  const { multiprocessMode: mode, aggregator = 'sum' } = config;
  if (mode !== undefined) {
    if (GAUGE_MODES.includes(mode)) return mode;
    throw new Error(`Invalid multiprocessMode "${mode}": it can be ${GAUGE_MODES.join(', ')}`);
  }
  if (Object.hasOwn(AGGREGATOR_MODES, aggregator)) return AGGREGATOR_MODES[aggregator];
  throw new Error(
    `Invalid aggregator "${aggregator}": it can be ${Object.keys(AGGREGATOR_MODES).join(', ')}`,
  );
}

/** Whether Prometheus takes the name for a metric. */
export function validateMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

function validate(
  config: MetricConfiguration<string> & { collect?: unknown; enableExemplars?: unknown },
  labelNames: readonly string[],
  traits: MetricTraits,
): void {
  if (!config.help) throw new Error('Missing mandatory help parameter');
  if (typeof config.help !== 'string') throw new TypeError('The help parameter must be a string');
  if (!config.name) throw new Error('Missing mandatory name parameter');
  if (!METRIC_NAME.test(config.name)) throw new Error('Invalid metric name');
  if (!labelNames.every((name) => LABEL_NAME.test(name))) throw new Error('Invalid label name');
  for (const name of traits.reserved) {
    if (labelNames.includes(name)) throw new Error(`${name} is a reserved label keyword`);
  }
  if (config.collect && typeof config.collect !== 'function') {
    throw new Error('Optional "collect" parameter must be a function');
  }
  if (config.enableExemplars) {
    throw new Error('enableExemplars: exemplars are not supported by this version');
  }
}

/** Checks that what a constructor was given is an object. */
export function requireConfig(config: unknown): void {
  if (typeof config !== 'object' || config === null) {
    throw new TypeError('constructor expected a config object');
  }
}
