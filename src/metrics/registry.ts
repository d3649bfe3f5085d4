import type { LabelPair } from '../model/labels.js';
import { LABEL_NAME } from '../model/metric.js';
import type { StoreMetric } from '../store/series.js';
import { threadShared } from '../thread-shared.js';
import type { AnyMetric } from './any-metric.js';
import type { MetricObject, MetricObjectWithValues, MetricValue } from './configuration.js';

export type PrometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';
export type OpenMetricsContentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

const PROMETHEUS: PrometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS: OpenMetricsContentType =
  'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Which metrics a page shows, by name: those of this thread are just these, others count by name. */
export interface PageSelection {
  readonly metrics: ReadonlyMap<string, StoreMetric>;
  readonly defaultLabels: readonly LabelPair[];
}

/** What makes a registry's page. Layers above metrics put it into the thread's state. */
export type PageMaker = (
  selection: PageSelection,
  contentType: RegistryContentType,
) => Promise<string>;

/** Gives all registries of this thread what they need for `metrics()`. */
export function providePageMaker(maker: PageMaker): void {
  pageMaker().make ??= maker;
}

function pageMaker(): { make?: PageMaker } {
  return threadShared('registry page maker', () => ({}));
}

/** This thread's default registry. */
export function defaultRegistry(): Registry {
  return threadShared('default registry', () => new Registry());
}

/**
 * The metrics that a page shows: prom-client's class. `metrics()` is the merged view,
 * over all processes, of the metrics that this registry holds.
 */
export class Registry<C extends RegistryContentType = PrometheusContentType> {
  static readonly PROMETHEUS_CONTENT_TYPE: PrometheusContentType = PROMETHEUS;
  static readonly OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType = OPENMETRICS;

  readonly #metrics = new Map<string, AnyMetric>();
  #contentType: C;
  #defaultLabels: readonly LabelPair[] = [];
  /** The same object as long as the metrics are the same: collectors keep what they know of it. */
  #selection: PageSelection | undefined;

  /** @throws TypeError for an unknown content type */
  constructor(contentType?: C) {
    const wanted = contentType ?? (PROMETHEUS as C);
    if (!isContentType(wanted)) throw new TypeError(`Content type ${wanted} is unsupported`);
    this.#contentType = wanted;
  }

  /**
   * Shows a metric. Metrics do it themselves when they are made.
   *
   * @throws Error when another metric has the name
   * @throws TypeError for an object that is no metric of this library
   */
  registerMetric<T extends string>(metric: AnyMetric<T>): void {
    if (typeof metric.attach !== 'function') {
      throw new TypeError(`${metric.name} is not a metric of this library`);
    }
    const known = this.#metrics.get(metric.name);
    if (known === metric) return;
    if (known !== undefined) {
      throw new Error(`A metric with the name ${metric.name} has already been registered.`);
    }
    this.#metrics.set(metric.name, metric);
    this.#selection = undefined;
    metric.attach(this.#defaultLabels);
  }

  /** The merged page of this registry's metrics, in its content type. */
  async metrics(): Promise<string> {
    this.#selection ??= this.#select([...this.#metrics.values()]);
    return this.#page(this.#selection);
  }

  /** The merged page of one metric. @throws Error when there is none of the name */
  async getSingleMetricAsString(name: string): Promise<string> {
    const metric = this.#metrics.get(name);
    if (metric === undefined) throw new Error(`No metric with the name ${name} is registered.`);
    const page = await this.#page(this.#select([metric]));
    return page.replace(/# EOF\n$/, '').replace(/\n$/, '');
  }

  /** The values of this process, metric by metric, default labels included: prom-client's shape. */
  async getMetricsAsJSON(): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    const metrics = [...this.#metrics.values()];
    const objects: MetricObjectWithValues<MetricValue<string>>[] = await Promise.all(
      metrics.map((metric) => metric.get()),
    );
    const defaults = Object.fromEntries(this.#defaultLabels);
    for (const object of objects) {
      for (const value of object.values) value.labels = { ...defaults, ...value.labels };
    }
    return objects;
  }

  getMetricsAsArray(): MetricObject[] {
    return [...this.#metrics.values()];
  }

  getSingleMetric<T extends string>(name: string): AnyMetric<T> | undefined {
    return this.#metrics.get(name) as AnyMetric<T> | undefined;
  }

  /**
   * Takes this thread's share of a metric off the merged page, and the metric off this
   * registry's. It goes on counting, unseen, for those who hold it; where another registry
   * has it, it stays. What other processes hold and dead ones left stays on `collect()`'s page.
   */
  removeSingleMetric(name: string): void {
    this.#metrics.get(name)?.detach();
    this.#metrics.delete(name);
    this.#selection = undefined;
  }

  /** Removes all metrics, as `removeSingleMetric` does one, and forgets the default labels. */
  clear(): void {
    for (const metric of this.#metrics.values()) metric.detach();
    this.#metrics.clear();
    this.#selection = undefined;
    this.#defaultLabels = [];
  }

  /** Calls `reset()` on every metric: this thread's share of them begins again. */
  resetMetrics(): void {
    for (const metric of this.#metrics.values()) metric.reset();
  }

  /**
   * Labels that every series of this registry has where it has none of the name itself.
   *
   * @throws Error for a name that no label can have, which prom-client puts on the page
   */
  setDefaultLabels(labels: object): void {
    const names = Object.keys(labels);
    if (!names.every((name) => LABEL_NAME.test(name))) throw new Error('Invalid label name');
    this.#defaultLabels = Object.entries(labels).map(([name, value]) => [name, `${value}`]);
    this.#selection = undefined;
    for (const metric of this.#metrics.values()) metric.setDefaultLabels(this.#defaultLabels);
  }

  get contentType(): C {
    return this.#contentType;
  }

  /** @throws Error for an unknown content type */
  setContentType(contentType: C): void {
    if (!isContentType(contentType)) throw new Error(`Content type ${contentType} is unsupported`);
    this.#contentType = contentType;
  }

  /** A registry that shows the metrics of all of these. @throws Error when content types or names clash */
  static merge<C extends RegistryContentType>(registers: readonly Registry<C>[]): Registry<C> {
    const contentType = registers[0]?.contentType;
    if (registers.some((registry) => registry.contentType !== contentType)) {
      throw new Error('Registers can only be merged if they have the same content type');
    }
    const merged = new Registry<C>(contentType);
    for (const registry of registers) {
      for (const metric of registry.#metrics.values()) merged.registerMetric(metric);
    }
    return merged;
  }

  #select(metrics: readonly AnyMetric[]): PageSelection {
    return {
      metrics: new Map(metrics.map(({ name, storeMetric }) => [name, storeMetric])),
      defaultLabels: this.#defaultLabels,
    };
  }

  #page(selection: PageSelection): Promise<string> {
    return (pageMaker().make as PageMaker)(selection, this.#contentType);
  }
}

function isContentType(value: unknown): value is RegistryContentType {
  return value === PROMETHEUS || value === OPENMETRICS;
}
