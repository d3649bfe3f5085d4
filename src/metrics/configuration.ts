import {
  GAUGE_MODES,
  type GaugeMode,
  LABEL_NAME,
  METRIC_NAME,
  type MetricType,
} from '../model/metric.js';
import type { RegistryContentType } from './content-type.js';
import type { MetricExemplar } from './exemplars.js';
import type { Registry } from './registry.js';

/** prom-client's rules for merging in a cluster: each stands for a gauge mode. */
export type Aggregator = 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average';

export const AGGREGATOR_MODES: Readonly<Record<Aggregator, GaugeMode>> = {
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
  /**
   * Series that the metric may have in this thread; what comes after counts as one.
   * `PROMETHEUS_MULTIPROC_MAX_SERIES` where not given.
   */
  maxSeries?: number | undefined;
  /**
   * Counters and histograms only: `inc` and `observe` take one object, with `exemplarLabels`
   * where the update is to be the exemplar of the counter or bucket.
   */
  enableExemplars?: boolean | undefined;
}

/** One value as `get()` gives it: prom-client's. */
export interface MetricValue<T extends string> {
  value: number;
  labels: LabelValuesByName<T>;
  exemplar?: MetricExemplar | null | undefined;
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

/** What differs from type to type. */
export interface MetricTraits {
  readonly type: MetricType;
  readonly mode: GaugeMode;
  readonly buckets: readonly number[];
  /** Label names that the type needs for itself. */
  readonly reserved: readonly string[];
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
  /**
   * Series that the metric may have in this thread; what comes after counts as one.
   * `PROMETHEUS_MULTIPROC_MAX_SERIES` where not given.
   */
  maxSeries?: number | undefined;
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

/** @throws Error as prom-client's, when an option is not what it must be */
export function validate(
  config: MetricConfiguration<string> & { collect?: unknown },
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
}

/** Checks that what a constructor was given is an object. */
export function requireConfig(config: unknown): void {
  if (typeof config !== 'object' || config === null) {
    throw new TypeError('constructor expected a config object');
  }
}
