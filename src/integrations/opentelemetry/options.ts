import type { AggregationSelector, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { GaugeMode } from '../../model/metric.js';

export interface MultiprocMetricReaderOptions {
  /**
   * How gauges are merged over processes, by name of the instrument or of the metric on the
   * page. A view's `gaugeMode` comes first. Where neither says it: `liveall` for gauges,
   * which say what is in one process, and `livesum` for up-down counters.
   */
  gaugeModes?: Readonly<Record<string, GaugeMode>> | undefined;
  /** Whether series have the labels `otel_scope_name`, `_version` and `_schema_url`. Default true. */
  scopeLabels?: boolean | undefined;
  /** Whether the resource is on the page, as `target_info`. Default true. */
  targetInfo?: boolean | undefined;
  /** The SDK's: aggregation of instruments that no view says it of. */
  aggregationSelector?: AggregationSelector | undefined;
  /** The SDK's: attribute sets that an instrument may have, by its type. */
  cardinalitySelector?: ((instrumentType: InstrumentType) => number) | undefined;
}
