// An application as it is written for prom-client, with its types. It is compiled here
// against prom-client, and by types.test.ts against this library with only the import
// changed.

import * as client from 'prom-client';
import {
  type Aggregator,
  Counter,
  type CounterConfiguration,
  exponentialBuckets,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type LabelValues,
  linearBuckets,
  type Metric,
  type MetricConfiguration,
  type MetricObject,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  type MetricValueWithName,
  type OpenMetricsContentType,
  openMetricsContentType,
  type PrometheusContentType,
  prometheusContentType,
  Registry,
  type RegistryContentType,
  register,
  Summary,
  type SummaryConfiguration,
  validateMetricName,
} from 'prom-client';

type HttpLabel = 'method' | 'code';

const requests = new Counter<HttpLabel>({
  name: 'requests_total',
  help: 'Requests.',
  labelNames: ['method', 'code'],
});
requests.inc();
requests.inc(2);
requests.inc({ method: 'GET' });
requests.inc({ method: 'GET', code: 200 }, 2);
requests.labels('GET', '200').inc();
requests.labels({ method: 'GET', code: 200 }).inc(2);
requests.remove('GET', '200');
requests.remove({ method: 'GET', code: 200 });
requests.reset();
// @ts-expect-error: no such label
requests.inc({ path: '/' });
// @ts-expect-error: no such label
requests.labels({ path: '/' });

const labelNames = ['queue'] as const;
const depth = new Gauge({
  name: 'depth',
  help: 'Depth.',
  labelNames,
  aggregator: 'max',
  async collect() {
    this.set({ queue: 'a' }, 1);
  },
});
depth.set(1);
depth.set({ queue: 'a' }, 2);
depth.inc();
depth.inc({ queue: 'a' }, 3);
depth.dec({ queue: 'a' });
depth.setToCurrentTime();
depth.setToCurrentTime({ queue: 'a' });
const endGauge: (labels?: LabelValues<'queue'>) => number = depth.startTimer({ queue: 'a' });
const gaugeSeconds: number = endGauge({ queue: 'b' }) + endGauge();
const boundDepth = depth.labels('a');
boundDepth.set(1);
boundDepth.inc();
boundDepth.dec(2);
boundDepth.setToCurrentTime();
const { set, dec } = depth.labels({ queue: 'a' });
set(1);
dec();
const endBound: (labels?: LabelValues<'queue'>) => number = boundDepth.startTimer();
endBound({ queue: 'b' });

const durations = new Histogram<HttpLabel>({
  name: 'duration_seconds',
  help: 'Durations.',
  labelNames: ['method', 'code'],
  buckets: [...linearBuckets(0.1, 0.1, 5), ...exponentialBuckets(1, 2, 5)],
  registers: [register],
});
durations.observe(1);
durations.observe({ method: 'GET' }, 1);
durations.zero({ method: 'GET', code: 500 });
const end = durations.startTimer({ method: 'GET' });
const seconds: number = end({ code: 200 });
const endObserve = durations.labels('GET', '200').startTimer();
endObserve({ code: 500 });

const sizes = new Summary({
  name: 'size_bytes',
  help: 'Sizes.',
  percentiles: [0.5, 0.99],
  maxAgeSeconds: 600,
  ageBuckets: 5,
  pruneAgedBuckets: true,
  compressCount: 100,
});
sizes.observe(1);
sizes.labels().observe(1);

// Names that are kept in variables, as wrappers do.
const metrics: Metric[] = [requests, depth, durations, sizes];
const anyMetric: Metric<string> | undefined = register.getSingleMetric('requests_total');
const bound: client.Counter.Internal = requests.labels('GET', '200');
const boundGauge: client.Gauge.Internal<'queue'> = depth.labels('a');
const boundHistogram: client.Histogram.Internal<HttpLabel> = durations.labels('GET', '200');
const boundSummary: client.Summary.Internal<string> = sizes.labels();
const aggregator: Aggregator = 'average';

function counterOf<T extends string>(configuration: CounterConfiguration<T>): Counter<T> {
  return new Counter<T>({ ...configuration, aggregator });
}
function gaugeOf<T extends string>(configuration: GaugeConfiguration<T>): Gauge<T> {
  return new client.Gauge<T>(configuration);
}
function histogramOf<T extends string>(configuration: HistogramConfiguration<T>): Histogram<T> {
  return new Histogram(configuration);
}
function summaryOf<T extends string>(configuration: SummaryConfiguration<T>): Summary<T> {
  return new Summary(configuration);
}
function nameOf<T extends string>({ name }: MetricConfiguration<T>): string {
  return name;
}

class Answer extends Gauge<'a'> {
  constructor(registers: Registry[]) {
    super({ name: 'answer', help: 'Answer.', labelNames: ['a'], registers });
  }

  collect(): void {
    this.set({ a: 'x' }, 42);
  }
}

class Holder {
  readonly registry: Registry = new Registry();
  readonly answer = new Answer([this.registry]);
  private readonly counters = new Map<string, Counter>();

  counter(name: string): Counter {
    const known = this.counters.get(name) ?? new Counter({ name, help: name });
    this.counters.set(name, known);
    return known;
  }
}

const openMetrics = new Registry<OpenMetricsContentType>();
openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
const openMetricsType: OpenMetricsContentType = openMetrics.contentType;
const textType: PrometheusContentType = register.contentType;
const types: RegistryContentType[] = [
  openMetricsContentType,
  prometheusContentType,
  client.contentType,
  Registry.PROMETHEUS_CONTENT_TYPE,
];
new Counter({ name: 'c', help: 'h', registers: [openMetrics] });

async function values(): Promise<number> {
  const one: MetricObjectWithValues<MetricValue<HttpLabel>> = await requests.get();
  const value: MetricValue<HttpLabel> | undefined = one.values[0];
  const method: string | number | undefined = value?.labels.method;
  const named: MetricValueWithName<HttpLabel>[] = (await durations.get()).values;
  const all = await register.getMetricsAsJSON();
  const first = all[0]?.values[0]?.value;
  return Number(method) + (first ?? 0) + named.length + (named[0]?.metricName?.length ?? 0);
}

async function pages(): Promise<string[]> {
  register.setDefaultLabels({ app: 'x' });
  register.registerMetric(requests);
  register.removeSingleMetric('c');
  register.resetMetrics();
  const listed: MetricObject[] = register.getMetricsAsArray();
  const names: string[] = listed.map(({ name, help }) => name + help);
  const kind: MetricType | undefined = listed[0]?.type;
  const merged: Registry = Registry.merge([register, new Holder().registry]);
  const page = await merged.metrics();
  const single = await register.getSingleMetricAsString('requests_total');
  client.register.clear();
  return [...names, `${kind}`, page, single];
}

export default [
  anyMetric,
  bound,
  boundGauge,
  boundHistogram,
  boundSummary,
  counterOf,
  gaugeOf,
  gaugeSeconds,
  histogramOf,
  metrics,
  nameOf,
  openMetricsType,
  pages,
  seconds,
  summaryOf,
  textType,
  types,
  validateMetricName('x'),
  values,
];
