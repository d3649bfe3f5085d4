import type { LabelPair } from '../model/labels.js';
import type { Computed } from '../state.js';
import { threadShared } from '../thread-shared.js';
import type { Aggregator, MetricObjectWithValues, MetricValueWithName } from './configuration.js';
import { ForeignMetric, type ForeignObject } from './foreign-metric.js';

/** What `get()` of any metric gives. */
export type AnyMetricObject = MetricObjectWithValues<MetricValueWithName<string>>;

/** What a registry needs of a metric that it shows. */
export interface Shown extends Computed {
  readonly aggregator: Aggregator;
  /** @internal A registry begins to show the metric. */
  attach(defaultLabels: readonly LabelPair[]): void;
  /** @internal A registry no longer shows it. */
  detach(): void;
  /** @internal Every series has these labels where it has none of the name itself. */
  setDefaultLabels(defaultLabels: readonly LabelPair[]): void;
  /** @internal The values of this thread as they are; undefined as long as there are none to show. */
  snapshot(): AnyMetricObject | undefined;
}

/**
 * What a registry shows for an object that was registered: itself where it is one of our
 * metrics, what stands in for it where it is a client package's, or else what `get()` gives.
 */
export function shownFor(metric: object): Shown {
  if (typeof (metric as Partial<Shown>).attach === 'function') return metric as Shown;
  const known = standIns();
  let shown = known.get(metric);
  if (shown === undefined) {
    shown = new ForeignMetric(metric as ForeignObject);
    known.set(metric, shown);
  }
  return shown;
}

/** Lets `shown` count for `metric` wherever that is registered. */
export function setStandIn(metric: object, shown: Shown): void {
  standIns().set(metric, shown);
}

function standIns(): WeakMap<object, Shown> {
  return threadShared('metrics that stand in for others', () => new WeakMap());
}
