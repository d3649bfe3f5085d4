import type { LabelPair } from './labels.js';

/** What led to a number: labels, mostly of a trace, of one update of a counter or a histogram. */
export interface Exemplar {
  readonly labels: readonly LabelPair[];
  /** What the counter was increased by, or the value that was observed. */
  readonly value: number;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** An exemplar of this thread. */
export interface GivenExemplar extends Exemplar {
  /** The labels as the application gave them. */
  readonly labelSet: object;
}

/** An exemplar's place, which its writer changes at any time. */
export interface ExemplarEntry {
  /** When the exemplar was given; 0 or none that can be where there is none. */
  readonly timeMs: number;
  /**
   * The exemplar, whole: the same object as long as it is the same. Undefined where there is
   * none, or none that can be read.
   */
  read(): Exemplar | undefined;
}

/** The newer of two exemplars; of two of one time the first. */
export function newerExemplar(
  exemplar: Exemplar | undefined,
  entry: ExemplarEntry,
): Exemplar | undefined {
  const timeMs = exemplar?.timeMs ?? 0;
  if (!(entry.timeMs > timeMs)) return exemplar;
  const other = entry.read();
  return other !== undefined && other.timeMs > timeMs ? other : exemplar;
}
