import { setGauge, timeKeptBy } from '../../metrics/gauge-slots.js';
import type { Series } from '../../store/series.js';

/** What one data point of one reader has added to a series. */
export interface Part {
  readonly total: Total;
  /** Raw slots as they were last reported: cumulative as far as the point is. */
  last: readonly number[];
}

/**
 * One series of this thread and what it is the sum of: the data points that are mapped to
 * it, of all readers that there were. Counters and histograms only grow, whatever restarts.
 */
export class Total {
  readonly series: Series;
  readonly parts = new Set<Part>();
  /** What points have counted that begin again, or will not be reported any more. */
  readonly #settled: number[];
  /** The sum as of the last `write`. */
  #written: readonly number[];
  #kept = false;

  constructor(series: Series) {
    this.series = series;
    this.#settled = Array.from({ length: series.metric.width }, () => 0);
    this.#written = this.#settled.slice();
  }

  /** Whether something is left of points that are gone. */
  get isKept(): boolean {
    return this.#kept;
  }

  addPart(): Part {
    const part: Part = { total: this, last: [] };
    this.parts.add(part);
    return part;
  }

  /** Takes what a point says now. Shown by the next `write`. */
  update(part: Part, reported: readonly number[]): void {
    const { type } = this.series.metric.descriptor;
    if (type === 'gauge') {
      part.last = reported;
      // Of those that are not added the last that was reported counts: see `write`.
      this.parts.delete(part);
      this.parts.add(part);
      return;
    }
    const counts = type === 'histogram' ? reported.length - 1 : 1;
    const { last } = part;
    // The source has begun anew: what it had counted stays.
    if (last.some((value, i) => i < counts && (reported[i] as number) < value)) this.#settle(last);
    part.last = reported;
  }

  /** The point will not be reported again: what it counted stays. */
  end(part: Part): void {
    this.#settle(part.last);
    this.parts.delete(part);
  }

  /** The point is gone, and what it said of the present with it. */
  drop(part: Part): void {
    this.parts.delete(part);
  }

  /** Brings the sum to where readers of the page see it. */
  write(adds: boolean): void {
    const { series } = this;
    const { type, mode } = series.metric.descriptor;
    const slots = [...this.#settled];
    for (const { last } of this.parts) {
      last.forEach((value, i) => {
        slots[i] = adds ? (slots[i] as number) + value : value;
      });
    }
    if (type !== 'gauge') {
      this.#writeTotals(slots);
      return;
    }
    const [value = 0] = slots;
    const timeKept = timeKeptBy(mode);
    // When a value was set is known only by its being another one.
    const known = series.values[series.index + 1] !== 0;
    if (timeKept === 'time' && known && series.values[series.index] === value) return;
    setGauge(series, value, timeKept);
  }

  /**
   * A series of which an archive has a share by now has begun at zero again: it is given
   * what has come since the last time.
   */
  #writeTotals(sums: readonly number[]): void {
    const { values, index, dirty } = this.series;
    sums.forEach((sum, i) => {
      const written = this.#written[i] as number;
      const now = values[index + i] as number;
      values[index + i] = now === written ? sum : now + (sum - written);
    });
    dirty?.mark(index, index + sums.length - 1);
    this.#written = sums;
  }

  #settle(values: readonly number[]): void {
    this.#kept = true;
    values.forEach((value, i) => {
      this.#settled[i] = (this.#settled[i] as number) + value;
    });
  }
}
