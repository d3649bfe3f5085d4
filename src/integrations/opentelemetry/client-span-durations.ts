import type { Attributes, Histogram, HrTime, MeterProvider, SpanKind } from '@opentelemetry/api';

/** The API's numbers: it is the application's to load, not this package's. */
const CLIENT: SpanKind.CLIENT = 2;
const STATUS_ERROR = 2;

/** Upper bounds that OpenTelemetry's conventions advise for durations of database calls. */
const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const NS_PER_SECOND = 1e9;

/** What is read of a span that has ended. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly duration: HrTime;
  readonly status: { readonly code: number };
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined };
}

export interface ClientSpanDurationsOptions {
  readonly meterProvider: MeterProvider;
  /** Names of the instrumentations whose spans are measured: those that have no such metric themselves. */
  readonly scopes: readonly string[];
}

/** Attributes that are taken over, by what they are called now. Statements and keys are not: they never end. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'db.system.name': ['db.system.name', 'db.system'],
  'db.namespace': ['db.namespace', 'db.name'],
  'server.address': ['server.address', 'net.peer.name'],
  'server.port': ['server.port', 'net.peer.port'],
  'error.type': ['error.type'],
};

/**
 * A span processor for instrumentations of databases and caches that make spans and no
 * metrics, such as `@opentelemetry/instrumentation-ioredis` and `-redis`: each client span
 * becomes an observation of `db.client.operation.duration`, of the instrumentation's own
 * scope, with the operation and, where it failed, `error.type`. Only spans that are sampled
 * are seen.
 */
export class ClientSpanDurations {
  readonly #options: ClientSpanDurationsOptions;
  readonly #histograms = new Map<string, Histogram>();

  constructor(options: ClientSpanDurationsOptions) {
    this.#options = options;
  }

  onStart(): void {}

  onEnd(span: EndedSpan): void {
    const { name: scope, version } = span.instrumentationScope;
    if (span.kind !== CLIENT || !this.#options.scopes.includes(scope)) return;
    const [seconds, nanoseconds] = span.duration;
    const duration = seconds + nanoseconds / NS_PER_SECOND;
    this.#histogram(scope, version).record(duration, attributesOf(span));
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}

  #histogram(scope: string, version: string | undefined): Histogram {
    let histogram = this.#histograms.get(scope);
    if (histogram === undefined) {
      const meter = this.#options.meterProvider.getMeter(scope, version);
      histogram = meter.createHistogram('db.client.operation.duration', {
        description: 'Duration of database client operations.',
        unit: 's',
        advice: { explicitBucketBoundaries: BOUNDARIES },
      });
      this.#histograms.set(scope, histogram);
    }
    return histogram;
  }
}

function attributesOf({ name, attributes, status }: EndedSpan): Attributes {
  const kept: Attributes = { 'db.operation.name': attributes['db.operation.name'] ?? name };
  for (const [key, sources] of Object.entries(KEPT)) {
    const value = sources.map((source) => attributes[source]).find((one) => one !== undefined);
    if (value !== undefined) kept[key] = value;
  }
  if (status.code === STATUS_ERROR) kept['error.type'] ??= '_OTHER';
  return kept;
}
