import type { AnyMetric } from '../metrics/any-metric.js';
import type { Aggregator, LabelValuesByName } from '../metrics/configuration.js';
import type { RegistryContentType } from '../metrics/content-type.js';
import { Counter } from '../metrics/counter.js';
import { Gauge } from '../metrics/gauge.js';
import { Histogram } from '../metrics/histogram.js';
import { defaultRegistry, type Registry } from '../metrics/registry.js';
import { Summary } from '../metrics/summary.js';
import type { GaugeMode } from '../model/metric.js';
import type { Speaker } from './speaker.js';

/** Options of `collectDefaultMetrics`: prom-client's. */
export interface DefaultMetricsCollectorConfiguration<C extends RegistryContentType> {
  /** The registry that shows the metrics; the default registry where not given. */
  register?: Registry<C> | undefined;
  /** Put before every name. */
  prefix?: string | undefined;
  /** Bounds of `nodejs_gc_duration_seconds`. */
  gcDurationBuckets?: number[] | undefined;
  /** Milliseconds between two looks at the event loop's delay; 10 where not given. */
  eventLoopMonitoringPrecision?: number | undefined;
  /** Labels of every series. */
  labels?: object | undefined;
}

/** Options of `collectDefaultMetrics` of `@prometheus-io/client`. */
export interface UtilizationConfiguration {
  /** Milliseconds between two looks at the event loop's utilization; 100 where not given. */
  eventLoopUtilizationTimeout?: number | undefined;
  eventLoopUtilizationBuckets?: number[] | undefined;
  eventLoopUtilizationPercentiles?: number[] | undefined;
  eventLoopUtilizationAgeBuckets?: number | undefined;
  eventLoopUtilizationMaxAgeSeconds?: number | undefined;
}

type Labels = LabelValuesByName<string>;

export interface GaugeOptions {
  readonly aggregator?: Aggregator;
  readonly multiprocessMode?: GaugeMode;
  /** Labels that the metric has besides those of the call. */
  readonly ownLabels?: readonly string[];
  readonly collect?: () => void;
}

export interface SettingOptions {
  readonly registry: Registry<RegistryContentType> | undefined;
  readonly config: DefaultMetricsCollectorConfiguration<RegistryContentType> &
    UtilizationConfiguration;
  readonly speaker: Speaker;
  /** Whether others may make the page that shows what this thread has written. */
  readonly isShared: boolean;
}

/** What one call of `collectDefaultMetrics` asks for, and the makers of its metrics. */
export class Setting {
  readonly config: SettingOptions['config'];
  readonly speaker: Speaker;
  readonly isShared: boolean;
  readonly labels: Labels;
  readonly prefix: string;
  readonly #registry: Registry<RegistryContentType>;
  /** Made since the last `takeMade`. */
  #made: AnyMetric[] = [];

  constructor({ registry, config, speaker, isShared }: SettingOptions) {
    this.config = config;
    this.speaker = speaker;
    this.isShared = isShared;
    this.labels = (config.labels ?? {}) as Labels;
    this.prefix = config.prefix ?? '';
    this.#registry = registry ?? defaultRegistry();
  }

  gauge(name: string, help: string, options: GaugeOptions = {}): Gauge {
    const { ownLabels = [], ...rest } = options;
    return this.#keep(new Gauge({ ...this.#common(name, help, ownLabels), ...rest }));
  }

  counter(name: string, help: string, collect?: () => void): Counter {
    return this.#keep(new Counter({ ...this.#common(name, help, []), collect }));
  }

  histogram(
    name: string,
    help: string,
    options: { readonly buckets: number[]; readonly ownLabels?: readonly string[] },
  ): Histogram {
    const { ownLabels = [], buckets } = options;
    return this.#keep(new Histogram({ ...this.#common(name, help, ownLabels), buckets }));
  }

  summary(
    name: string,
    help: string,
    options: { percentiles: number[]; maxAgeSeconds: number; ageBuckets: number },
  ): Summary {
    return this.#keep(new Summary({ ...this.#common(name, help, []), ...options }));
  }

  /**
   * A callback for metrics of the whole process: updates them where this thread speaks for
   * it, and takes what it had said off the page when another one does by now.
   */
  forProcess(update: () => void, gauges: () => readonly Gauge[]): () => void {
    let shown = false;
    return () => {
      if (this.speaker.speaks()) {
        update();
        shown = true;
      } else if (shown) {
        for (const gauge of gauges()) gauge.reset();
        shown = false;
      }
    };
  }

  /** The metrics made since the last call. */
  takeMade(): readonly AnyMetric[] {
    const made = this.#made;
    this.#made = [];
    return made;
  }

  /** Shows a metric of an earlier call too. @throws Error when the registry has one of the name */
  show(metric: AnyMetric): void {
    if (this.#registry.getSingleMetric(metric.name) !== undefined) {
      throw new Error(`A metric with the name ${metric.name} has already been registered.`);
    }
    this.#registry.registerMetric(metric);
  }

  #keep<M extends AnyMetric>(metric: M): M {
    this.#made.push(metric);
    return metric;
  }

  #common(name: string, help: string, ownLabels: readonly string[]) {
    return {
      name: this.prefix + name,
      help,
      registers: [this.#registry],
      labelNames: [...ownLabels, ...Object.keys(this.labels)],
    };
  }
}
