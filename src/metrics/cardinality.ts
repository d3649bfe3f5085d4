import { MAX_LABEL_VALUE_CHARS } from '../limits.js';
import type { LabelValues } from '../model/labels.js';

/** Value of every label of the series that stands for all that came after the limit. */
export const OVERFLOW_LABEL = '__overflow__';

export interface CardinalityOptions {
  readonly metricName: string;
  /** Series that the metric may have in this thread, the one for the rest not counted. */
  readonly maxSeries: number;
  /** Counts that a limit was met, by reason, and warns of the first time. */
  readonly note: (reason: string, message: string) => void;
}

/**
 * Holds a metric to its limits, so that labels which were never meant to be labels cost
 * a bounded amount. What is beyond a limit is counted all the same, under other labels:
 * sums stay right.
 */
export class Cardinality {
  readonly #options: CardinalityOptions;

  constructor(options: CardinalityOptions) {
    this.#options = options;
  }

  /** The values with those cut that are too long. */
  cut(values: LabelValues): LabelValues {
    if (values.every((value) => value === undefined || value.length <= MAX_LABEL_VALUE_CHARS)) {
      return values;
    }
    this.#options.note(
      'label_length',
      `${this.#options.metricName} was given a label value of more than ${MAX_LABEL_VALUE_CHARS} characters: it is cut`,
    );
    return values.map((value) => value?.slice(0, MAX_LABEL_VALUE_CHARS));
  }

  /** Whether a metric of `present` series may have one more. */
  admits(present: number): boolean {
    return present < this.#options.maxSeries;
  }

  /** The label values of the series that stands for the rest: asked for whenever something is counted there. */
  overflow(labelCount: number): LabelValues {
    const { maxSeries, metricName, note } = this.#options;
    note(
      'series_limit',
      `${metricName} has ${maxSeries} series: more are counted as one, with ${OVERFLOW_LABEL} as value of every label. Look for a label whose values never end`,
    );
    return Array.from({ length: labelCount }, () => OVERFLOW_LABEL);
  }
}
