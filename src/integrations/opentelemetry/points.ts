import type {
  DataPoint,
  DataPointType,
  HistogramMetricData,
  MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricType } from '../../model/metric.js';
import type { PointKind } from './bridge.js';

/** The SDK's numbers for kinds of data: it is the application's to load, not this package's. */
const HISTOGRAM: DataPointType.HISTOGRAM = 0;
const EXPONENTIAL_HISTOGRAM: DataPointType.EXPONENTIAL_HISTOGRAM = 1;
const GAUGE: DataPointType.GAUGE = 2;
const SUM: DataPointType.SUM = 3;

/** How an instrument's data is kept. */
export interface Form {
  readonly type: MetricType;
  readonly kind: PointKind;
  /** Whether points that are mapped to one series are added. */
  readonly adds: boolean;
  readonly buckets: readonly number[];
}

/** The form of an instrument's data, or why it has none. */
export function formOf(metric: MetricData): Form | string {
  const observable = isObservable(metric);
  const plain = { buckets: [], adds: metric.dataPointType !== GAUGE };
  switch (metric.dataPointType) {
    case SUM:
      if (metric.isMonotonic) {
        return { ...plain, type: 'counter', kind: observable ? 'observed' : 'total' };
      }
      return { ...plain, type: 'gauge', kind: observable ? 'present' : 'total' };
    case GAUGE:
      return { ...plain, type: 'gauge', kind: 'present' };
    case HISTOGRAM: {
      const buckets = boundsOf(metric);
      if (buckets === undefined) return 'its bucket boundaries are not ascending numbers';
      return { ...plain, type: 'histogram', kind: 'total', buckets };
    }
    case EXPONENTIAL_HISTOGRAM:
      return 'it is an exponential histogram, which this store does not have: give its view explicit buckets';
    default:
      return 'its kind of data is unknown';
  }
}

/** What a data point says now, as raw slots of its series. */
export function slotsOf(metric: MetricData, point: DataPoint<unknown>): number[] {
  if (metric.dataPointType !== HISTOGRAM) return [point.value as number];
  const { buckets, sum } = point.value as HistogramMetricData['dataPoints'][number]['value'];
  // Instruments that may be given negative values have no sum that only grows.
  return [...buckets.counts, sum ?? Number.NaN];
}

/** The SDK's descriptor says it to whoever looks, though not to the compiler. */
function isObservable({ descriptor }: MetricData): boolean {
  const { type = '' } = descriptor as { type?: string };
  return type.startsWith('OBSERVABLE_');
}

function boundsOf({ dataPoints }: HistogramMetricData): readonly number[] | undefined {
  const bounds = dataPoints[0]?.value.buckets.boundaries ?? [];
  const ascending = bounds.every(
    (bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] as number)),
  );
  return ascending ? bounds : undefined;
}
