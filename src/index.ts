import { connectSampling } from './collect/sampler.js';
import { connectRegistries } from './collect/shared.js';
import { inheritCells } from './default-metrics/shared-cells.js';
import { preloadBackend } from './mapping/backend.js';
import { defaultRegistry, type Registry } from './metrics/registry.js';

export { Collector, type CollectorOptions, type PageOptions } from './collect/collector.js';
export {
  type CollectOptions,
  collect,
  collectBytes,
  collectFamilies,
  collectPage,
} from './collect/shared.js';
export {
  type CollectDefaultMetrics,
  collectDefaultMetrics,
} from './default-metrics/collect-default-metrics.js';
export type { DefaultMetricsCollectorConfiguration } from './default-metrics/setting.js';
export {
  BackendError,
  CapacityError,
  DirectoryError,
  FileFormatError,
  MappingError,
  MultiprocError,
  UnsupportedFileError,
} from './errors.js';
export {
  contentType,
  contentType as prometheusContentType,
  type FormatName,
  openMetricsContentType,
} from './exposition/formats.js';
export type { Page } from './exposition/sheet.js';
export type { MetricsHandlerOptions } from './http/endpoint.js';
export { fetchHandler } from './http/fetch-handler.js';
export { metricsHandler } from './http/handler.js';
export {
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from './http/server.js';
export { installClusterHooks } from './integrations/cluster.js';
export { compact, resetDirectory } from './integrations/maintenance.js';
export { markProcessDead } from './integrations/mark.js';
export { setWriterName } from './integrations/writer-name.js';
export type { AnyMetric as Metric } from './metrics/any-metric.js';
export { exponentialBuckets, linearBuckets } from './metrics/buckets.js';
export {
  type Aggregator,
  type LabelValuesByName,
  type LabelValuesByName as LabelValues,
  type MetricConfiguration,
  type MetricObject,
  type MetricObjectWithValues,
  type MetricValue,
  type MetricValueWithName,
  validateMetricName,
} from './metrics/configuration.js';
export type {
  OpenMetricsContentType,
  PrometheusContentType,
  RegistryContentType,
} from './metrics/content-type.js';
export {
  type BoundCounter,
  Counter,
  type CounterConfiguration,
  type IncreaseDataWithExemplar,
} from './metrics/counter.js';
export type { ExemplarLabels, MetricExemplar } from './metrics/exemplars.js';
export { type BoundGauge, Gauge, type GaugeConfiguration } from './metrics/gauge.js';
export {
  type BoundHistogram,
  Histogram,
  type HistogramConfiguration,
  type ObserveDataWithExemplar,
} from './metrics/histogram.js';
export { Registry } from './metrics/registry.js';
export { type BoundSummary, Summary, type SummaryConfiguration } from './metrics/summary.js';
export type { Family, Sample, SampleExemplar } from './model/family.js';
export type { GaugeMode, MetricType } from './model/metric.js';
export type {
  ArchiveReport,
  BucketReport,
  FamiliesReport,
  FamilyReport,
  JsonNumber,
  SampleReport,
  SkippedFile,
  WriterReport,
} from './model/report.js';

connectRegistries();
connectSampling();
inheritCells();
preloadBackend(process.env);

/** The default registry, shared by all copies of the package in this thread. */
export const register: Registry = defaultRegistry();
