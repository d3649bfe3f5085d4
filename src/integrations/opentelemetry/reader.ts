import type {
  AggregationOption,
  AggregationTemporality,
  AggregationType,
  CollectionResult,
  IMetricReader,
  InstrumentType,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { Turns } from '../../collect/turns.js';
import { COLLECT_CALLBACK_TIMEOUT_MS } from '../../limits.js';
import type { Shown } from '../../metrics/shown.js';
import { threadState } from '../../state.js';
import { Bridge } from './bridge.js';
import { requireMode } from './gauge-mode.js';
import type { MultiprocMetricReaderOptions } from './options.js';
import { ResourceWriter } from './resource-writer.js';

/** Numbers that the SDK gives these names: it is the application's to load, not this package's. */
const CUMULATIVE: AggregationTemporality.CUMULATIVE = 1;
const DELTA: AggregationTemporality.DELTA = 0;
const DEFAULT_AGGREGATION: AggregationType.DEFAULT = 0;

/** As many as the SDK's own readers have. */
const DEFAULT_CARDINALITY = 2_000;

interface TimeLimit {
  readonly timeoutMillis?: number | undefined;
}

/**
 * Brings what an application's OpenTelemetry SDK measures to the merged page: a reader for
 * a `MeterProvider` of `@opentelemetry/sdk-metrics` 2 or 3. Asks the SDK before this thread
 * makes a page, once a sampling period, and when the process runs out of work; a process
 * that ends otherwise should call the provider's `shutdown()`, as with any reader.
 *
 * What counters and histograms have counted stays on the page when the process dies, and
 * when the SDK is shut down and another one is started in its place.
 */
export class MultiprocMetricReader implements IMetricReader {
  readonly #options: MultiprocMetricReaderOptions;
  readonly #turns = new Turns();
  #producer: MetricProducer | undefined;
  #writer: ResourceWriter | undefined;
  #ended: Promise<void> | undefined;

  /** @throws TypeError for an unknown gauge mode */
  constructor(options: MultiprocMetricReaderOptions = {}) {
    for (const mode of Object.values(options.gaugeModes ?? {})) requireMode(mode);
    this.#options = options;
  }

  /** Called by the provider. @throws Error when another provider has the reader */
  setMetricProducer(metricProducer: MetricProducer): void {
    if (this.#producer !== undefined) {
      throw new Error('A MultiprocMetricReader can be the reader of one MeterProvider only');
    }
    this.#producer = metricProducer;
    const state = threadState();
    const bridge = Bridge.ofThread(state);
    this.#writer = new ResourceWriter(bridge, state, this.#options);
    bridge.attach(this.#asked);
  }

  selectAggregation(instrumentType: InstrumentType): AggregationOption {
    return this.#options.aggregationSelector?.(instrumentType) ?? { type: DEFAULT_AGGREGATION };
  }

  /** Cumulative; of an observable gauge only what it has just said. */
  selectAggregationTemporality(instrumentType: InstrumentType): AggregationTemporality {
    return `${instrumentType}` === 'OBSERVABLE_GAUGE' ? DELTA : CUMULATIVE;
  }

  selectCardinalityLimit(instrumentType: InstrumentType): number {
    return this.#options.cardinalitySelector?.(instrumentType) ?? DEFAULT_CARDINALITY;
  }

  /**
   * Asks the SDK, and writes what it says to the store.
   *
   * @throws Error without a provider, and after `shutdown`
   */
  async collect(options?: TimeLimit): Promise<CollectionResult> {
    if (this.#producer === undefined) throw new Error('MultiprocMetricReader has no MeterProvider');
    if (this.#ended !== undefined) throw new Error('MultiprocMetricReader is shut down');
    return this.#collect(options);
  }

  async forceFlush(options?: TimeLimit): Promise<void> {
    if (this.#ended === undefined && this.#producer !== undefined) await this.#collect(options);
  }

  /** Writes for the last time. What was written stays. */
  shutdown(options?: TimeLimit): Promise<void> {
    this.#ended ??= this.#end(options);
    return this.#ended;
  }

  async #end(options: TimeLimit | undefined): Promise<void> {
    if (this.#producer === undefined) return;
    Bridge.ofThread(threadState()).detach(this.#asked);
    try {
      await this.#collect(options);
    } finally {
      this.#writer?.end();
    }
  }

  /** One after another: what an earlier collection says must not be written after a later one. */
  #collect({ timeoutMillis = COLLECT_CALLBACK_TIMEOUT_MS }: TimeLimit = {}) {
    return this.#turns.take(async () => {
      const producer = this.#producer as MetricProducer;
      const result = await producer.collect({ timeoutMillis });
      this.#writer?.write(result);
      return result;
    }, `${timeoutMillis}`);
  }

  async #sample(): Promise<void> {
    try {
      await this.#collect();
    } catch (error) {
      threadState().report(error);
    }
  }

  /** What the thread's pages and samplings ask. It is no metric, but whatever the SDK has. */
  readonly #asked: Shown = {
    name: '',
    aggregator: 'sum',
    storeMetric: undefined,
    attach: () => undefined,
    detach: () => undefined,
    setDefaultLabels: () => undefined,
    snapshot: () => undefined,
    runCollect: () => this.#sample(),
  };
}
