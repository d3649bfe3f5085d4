import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { MetricConfiguration } from '../../metrics/configuration.js';
import type { RegistryContentType } from '../../metrics/content-type.js';
import type { Registry } from '../../metrics/registry.js';
import { METRIC_NAME } from '../../model/metric.js';

/** A request that is over, as functions for own labels see it. */
export interface MeasuredRequest {
  readonly method: string;
  /** The pattern, or `unmatched`. */
  readonly route: string;
  /** Undefined of one that was aborted before there was a status. */
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Whether it came over TLS. */
  readonly isEncrypted: boolean;
  /** The request, with what the application has put on it; of HTTP/2 its stream. */
  readonly request: IncomingMessage | ServerHttp2Stream;
}

export interface HttpClientOptions {
  /**
   * Hosts that have a label value of their own, as `name` for all their ports or as
   * `name:port`; others count as `other`. Where not given the first 50 hosts have one.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Upper bounds in seconds; those of incoming requests where not given. */
  readonly buckets?: readonly number[] | undefined;
}

export interface HttpMetricsOptions {
  /** What names begin with, before a `_`. */
  readonly namespace?: string | undefined;
  /** Upper bounds of durations, in seconds. */
  readonly buckets?: readonly number[] | undefined;
  /** Upper bounds of bodies' sizes, in bytes. */
  readonly sizeBuckets?: readonly number[] | undefined;
  /**
   * Labels of one's own on durations, sizes and aborted requests, by name. Each is asked
   * when a request is over. Where a function throws the label is empty; after a hundred
   * values in a process further ones are `other`.
   */
  readonly labels?: Readonly<Record<string, (request: MeasuredRequest) => unknown>> | undefined;
  /** Paths, without their query, that are not measured: `/metrics` where not given. */
  readonly ignorePaths?: readonly (string | RegExp)[] | undefined;
  /** Whether durations have the active OpenTelemetry span as exemplar, where there is one. Default true. */
  readonly exemplars?: boolean | undefined;
  /** Whether, and how, outgoing requests are measured. Default true. */
  readonly client?: boolean | HttpClientOptions | undefined;
  /** Registries that show the metrics; the default registry where not given. */
  readonly registers?: readonly Registry<RegistryContentType>[] | undefined;
}

/** OpenTelemetry's recommendation for durations of HTTP requests, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** From what fits a packet to what should not be in memory at once. */
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/** Options as the metrics need them. */
export interface Settings {
  /** A metric's options from its name without the namespace. */
  metric(name: string, help: string, labelNames: readonly string[]): MetricConfiguration<string>;
  readonly seconds: number[];
  readonly bytes: number[];
  readonly labels: readonly (readonly [string, (request: MeasuredRequest) => unknown])[];
  readonly exemplars: boolean;
  readonly client: HttpClientOptions | undefined;
  isIgnored(url: string): boolean;
}

/** @throws Error when the namespace is no beginning of a name, or a label is no function */
export function settingsOf(options: HttpMetricsOptions): Settings {
  const { namespace = '', ignorePaths = ['/metrics'], client = true, registers } = options;
  if (namespace !== '' && !METRIC_NAME.test(namespace)) {
    throw new Error(`Invalid namespace "${namespace}": it must begin a metric name`);
  }
  const labels = Object.entries(options.labels ?? {});
  for (const [name, label] of labels) {
    if (typeof label !== 'function') throw new TypeError(`Label ${name} must be a function`);
  }
  const prefix = namespace === '' ? '' : `${namespace}_`;
  return {
    metric: (name, help, labelNames) => ({
      name: `${prefix}${name}`,
      help,
      labelNames,
      registers,
    }),
    seconds: [...(options.buckets ?? SECONDS)],
    bytes: [...(options.sizeBuckets ?? BYTES)],
    labels,
    exemplars: options.exemplars ?? true,
    client: client === true ? {} : client === false ? undefined : client,
    isIgnored: pathTest(ignorePaths),
  };
}

/** Whether a request target's path is one of these. */
function pathTest(ignored: readonly (string | RegExp)[]): (url: string) => boolean {
  const paths = new Set(ignored.filter((path) => typeof path === 'string'));
  const patterns = ignored.filter((path) => path instanceof RegExp);
  return (url) => {
    if (paths.has(url)) return true;
    const query = url.indexOf('?');
    if (query < 0 && patterns.length === 0) return false;
    const path = query < 0 ? url : url.slice(0, query);
    return paths.has(path) || patterns.some((pattern) => path.search(pattern) >= 0);
  };
}
