import type { LabelValues } from '../model/labels.js';
import { type GaugeMode, METRIC_TYPES, type MetricType, ownLabel } from '../model/metric.js';
import { AGGREGATOR_MODES, type MetricValueWithName } from './configuration.js';
import type { AnyMetricObject } from './shown.js';

/** What the store keeps of a metric object. */
export interface ForeignSamples {
  readonly type: MetricType;
  readonly mode: GaugeMode;
  /** Sorted: the same for the same labels, whichever series comes first. */
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
  readonly series: ReadonlyMap<
    string,
    { readonly labelValues: LabelValues; readonly slots: number[] }
  >;
}

type Value = MetricValueWithName<string>;

/** A type that the store does not know is shown as what it can be read as: a gauge. */
export function readSamples(object: AnyMetricObject): ForeignSamples {
  const values = object.values ?? [];
  const type = METRIC_TYPES.includes(object.type) ? object.type : 'gauge';
  const own = ownLabel(type);
  const names = new Set(values.flatMap(({ labels }) => Object.keys(labels ?? {})));
  if (own !== undefined) names.delete(own);
  const labelNames = [...names].sort();
  const buckets = type === 'histogram' ? boundsOf(values) : [];
  const mode = type === 'gauge' ? (AGGREGATOR_MODES[object.aggregator] ?? 'livesum') : 'livesum';
  const series = new Map<string, { labelValues: LabelValues; slots: number[] }>();
  for (const value of values) {
    const labelValues = labelNames.map((name) => textOf(value.labels?.[name]));
    const key = JSON.stringify(labelValues);
    let entry = series.get(key);
    if (entry === undefined) {
      const width = type === 'histogram' ? buckets.length + 2 : type === 'summary' ? 2 : 1;
      entry = { labelValues, slots: Array.from({ length: width }, () => 0) };
      series.set(key, entry);
    }
    place(value, entry.slots, { type, name: object.name, buckets });
  }
  if (type === 'histogram') for (const { slots } of series.values()) toRaw(slots);
  return { type, mode, labelNames, buckets, series };
}

/** Puts a value where it belongs among the slots of its series; buckets are cumulative still. */
function place(
  { value, labels, metricName }: Value,
  slots: number[],
  { type, name, buckets }: { type: MetricType; name: string; buckets: readonly number[] },
): void {
  if (type === 'counter' || type === 'gauge') slots[0] = value;
  else if (type === 'summary') {
    if (metricName === `${name}_count`) slots[0] = value;
    else if (metricName === `${name}_sum`) slots[1] = value;
  } else if (metricName === `${name}_bucket`) {
    const bound = Number(labels?.le);
    const at = buckets.indexOf(bound);
    slots[at < 0 ? buckets.length : at] = value;
  } else if (metricName === `${name}_sum`) slots[slots.length - 1] = value;
}

function boundsOf(values: readonly Value[]): number[] {
  const bounds = values.map(({ labels }) => Number(labels?.le)).filter(Number.isFinite);
  return [...new Set(bounds)].sort((a, b) => a - b);
}

/** Counts of each bucket alone from counts up to each bucket. */
function toRaw(slots: number[]): void {
  for (let i = slots.length - 2; i > 0; i--) {
    slots[i] = (slots[i] as number) - (slots[i - 1] as number);
  }
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : `${value}`;
}
