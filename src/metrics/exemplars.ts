import { MAX_EXEMPLAR_CHARS } from '../limits.js';
import type { Exemplar, GivenExemplar } from '../model/exemplar.js';
import type { LabelPair } from '../model/labels.js';
import { LABEL_NAME } from '../model/metric.js';
import type { LabelValuesByName } from './configuration.js';

/** Labels of an exemplar, of any names: mostly those of a trace. */
export type ExemplarLabels = LabelValuesByName<string>;

/** An exemplar as `get()` gives it: prom-client's. */
export interface MetricExemplar {
  labelSet: ExemplarLabels;
  value: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/**
 * The exemplar of an update that was made just now.
 *
 * @throws RangeError as prom-client's, when names and values are too long together
 * @throws Error for a name that no label can have, which prom-client puts on the page
 */
export function exemplarOf(labelSet: object, value: number): GivenExemplar {
  const labels = Object.entries(labelSet).map(([name, text]): LabelPair => [name, `${text}`]);
  const chars = labels.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  if (chars > MAX_EXEMPLAR_CHARS) {
    throw new RangeError(`Label set size must be smaller than ${MAX_EXEMPLAR_CHARS} UTF-8 chars`);
  }
  if (!labels.every(([name]) => LABEL_NAME.test(name))) throw new Error('Invalid label name');
  return { labels, labelSet, value, timeMs: Date.now() };
}

/** As `get()` shows it. */
export function toMetricExemplar({ labelSet, value, timeMs }: GivenExemplar): MetricExemplar {
  return { labelSet: labelSet as ExemplarLabels, value, timestamp: timeMs / 1000 };
}

/** One that was merged, in the same shape: its label values are texts. */
export function mergedMetricExemplar({ labels, value, timeMs }: Exemplar): MetricExemplar {
  return { labelSet: Object.fromEntries(labels), value, timestamp: timeMs / 1000 };
}
