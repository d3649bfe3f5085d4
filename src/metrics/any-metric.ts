import type { Counter } from './counter.js';
import type { Gauge } from './gauge.js';
import type { Histogram } from './histogram.js';
import type { Summary } from './summary.js';

/** A metric of any class: prom-client's `Metric`. */
export type AnyMetric<T extends string = string> =
  | Counter<T>
  | Gauge<T>
  | Histogram<T>
  | Summary<T>;
