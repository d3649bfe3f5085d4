import type { LabelPair } from '../model/labels.js';
import { LABEL_NAME } from '../model/metric.js';
import { threadShared } from '../thread-shared.js';
import type { AnyMetric } from './any-metric.js';
import type { MetricObject, MetricObjectWithValues, MetricValue } from './configuration.js';
import {
  isContentType,
  OPENMETRICS,
  type OpenMetricsContentType,
  PROMETHEUS,
  type PrometheusContentType,
  type RegistryContentType,
} from './content-type.js';
import { mergedObjects, ownObjects } from './metric-objects.js';
import { withMergedView } from './page-maker.js';
import { addGlobalRegistry, noteRegistration, Selection, selectionOf } from './registrations.js';
import { type Shown, shownFor } from './shown.js';

/** This thread's default registry. */
export function defaultRegistry(): Registry {
  return threadShared('default registry', () => Registry.createGlobal());
}

/**
 * The metrics that a page shows: prom-client's class. `metrics()` and `getMetricsAsJSON()`
 * are the merged view, over all processes, of the metrics that this registry holds. The
 * default registry shows besides what the default registries of client packages hold
 * (see `prom-multiproc/register`), and what other processes have that is in no other
 * registry here.
 */
export class Registry<C extends RegistryContentType = PrometheusContentType> {
  static readonly PROMETHEUS_CONTENT_TYPE: PrometheusContentType = PROMETHEUS;
  static readonly OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType = OPENMETRICS;

  readonly #metrics = new Map<string, AnyMetric>();
  #selection = Selection.of(
    () => this.#shown(),
    () => this.#defaultLabels,
  );
  #contentType: C;
  #defaultLabels: readonly LabelPair[] = [];

  /** @internal A registry of the kind of which every client package has one. */
  static createGlobal(): Registry {
    const registry = new Registry();
    registry.#selection = Selection.ofAllGlobal();
    addGlobalRegistry(() => registry.#shown());
    return registry;
  }

  /** @throws TypeError for an unknown content type */
  constructor(contentType?: C) {
    const wanted = contentType ?? (PROMETHEUS as C);
    if (!isContentType(wanted)) throw new TypeError(`Content type ${wanted} is unsupported`);
    this.#contentType = wanted;
  }

  /**
   * Shows a metric. Metrics do it themselves when they are made. Any object with a `get()`
   * that gives what prom-client's metrics give will do: it is asked whenever `collect`
   * callbacks run.
   *
   * @throws Error when another metric has the name
   */
  registerMetric<T extends string>(metric: AnyMetric<T>): void {
    const known = this.#metrics.get(metric.name);
    if (known === metric) return;
    if (known !== undefined) {
      throw new Error(`A metric with the name ${metric.name} has already been registered.`);
    }
    this.#metrics.set(metric.name, metric);
    shownFor(metric).attach(this.#defaultLabels);
  }

  /** The merged page of this registry's metrics, in its content type. */
  async metrics(): Promise<string> {
    return withMergedView(this.#selection.current, (view) => view.page(this.#contentType));
  }

  /** The merged page of one metric. @throws Error when there is none of the name */
  async getSingleMetricAsString(name: string): Promise<string> {
    const metric = this.#metrics.get(name);
    if (metric === undefined) throw new Error(`No metric with the name ${name} is registered.`);
    const selection = selectionOf(new Set([shownFor(metric)]), this.#defaultLabels);
    const page = await withMergedView(selection, (view) => view.page(this.#contentType));
    return page.replace(/# EOF\n$/, '').replace(/\n$/, '');
  }

  /**
   * The merged metrics as data, default labels included: prom-client's shape. As long as
   * no other process has written anything these are the values of this thread as they
   * were given; merged ones have texts for label values, and summaries no quantiles.
   */
  async getMetricsAsJSON(): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return withMergedView(this.#selection.current, (view) => {
      const own = view.alone ? ownObjects(view.selection) : undefined;
      return own ? [...own.values()] : mergedObjects(view);
    });
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
    const metric = this.#metrics.get(name);
    this.#metrics.delete(name);
    if (metric !== undefined) shownFor(metric).detach();
  }

  /** Removes all metrics, as `removeSingleMetric` does one, and forgets the default labels. */
  clear(): void {
    const shown = [...this.#shown()];
    this.#metrics.clear();
    this.#defaultLabels = [];
    for (const metric of shown) metric.detach();
    noteRegistration();
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
    for (const metric of this.#shown()) metric.setDefaultLabels(this.#defaultLabels);
    noteRegistration();
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

  #shown(): Shown[] {
    return [...this.#metrics.values()].map(shownFor);
  }
}
