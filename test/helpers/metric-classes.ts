// The four metric classes side by side, for what holds for each of them.

import {
  Counter,
  Gauge,
  Histogram,
  type LabelValuesByName,
  type Registry,
  Summary,
} from '../../src/index.js';

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export type MetricTypeName = (typeof METRIC_TYPES)[number];

type Labels = LabelValuesByName<string>;

export interface AnyConfiguration {
  name?: string;
  help?: string;
  labelNames?: readonly string[];
  registers?: Registry[];
  // biome-ignore lint/suspicious/noExplicitAny: tests hand over what the types forbid
  [option: string]: any;
}

/** A metric of any class, its one way to count a value under one name. */
export interface AnyMetric {
  readonly metric: Counter | Gauge | Histogram | Summary;
  update(labels: Labels, value?: number): void;
  /** A bound child's update. */
  bind(...labels: [Labels] | string[]): { update(value?: number): void };
  remove(...labels: [Labels] | string[]): void;
  reset(): void;
  /** What was counted, by the labels as JSON: counters' and gauges' value, the others' sum. */
  values(): Promise<Record<string, number>>;
}

/** Makes a metric `m` of this type that counts by `inc` or `observe`. */
export function makeMetric(type: MetricTypeName, configuration: AnyConfiguration): AnyMetric {
  const config = { name: 'm', help: 'h', ...configuration };
  if (type === 'counter' || type === 'gauge') {
    const metric = type === 'counter' ? new Counter(config) : new Gauge(config);
    return {
      ...shared(metric, 'm'),
      metric,
      update: (labels, value) => metric.inc(labels, value),
      bind: (...labels) => {
        const child = metric.labels(...(labels as [Labels]));
        return { update: (value) => child.inc(value) };
      },
    };
  }
  const metric = type === 'histogram' ? new Histogram(config) : new Summary(config);
  return {
    ...shared(metric, 'm_sum'),
    metric,
    update: (labels, value = 1) => metric.observe(labels, value),
    bind: (...labels) => {
      const child = metric.labels(...(labels as [Labels]));
      return { update: (value = 1) => child.observe(value) };
    },
  };
}

function shared(metric: AnyMetric['metric'], valueName: string) {
  return {
    remove: (...labels: [Labels] | string[]) => metric.remove(...(labels as [Labels])),
    reset: () => metric.reset(),
    async values() {
      const values: { metricName?: string; labels: object; value: number }[] = (await metric.get())
        .values;
      return Object.fromEntries(
        values
          .filter(({ metricName = 'm' }) => metricName === valueName)
          .map(({ labels, value }) => [JSON.stringify(labels), value]),
      );
    },
  };
}
