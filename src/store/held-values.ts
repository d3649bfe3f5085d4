import { fence } from '../fence.js';
import { keepsSetTime, type StoredSeries, slotsPerSeries } from '../model/metric.js';
import type { Reader } from './reader.js';

/** Where a series' values are. */
export interface Located {
  readonly values: Float64Array;
  readonly index: number;
}

const MAX_PAIR_READS = 1000;

/**
 * Values of a file whose writer gives slots to other series all the time, so that no
 * reading of all of them ends in time: a copy, and of the series that were there before
 * it those that are there after it. Their slots were theirs throughout, since a slot is
 * given away only after its series' removal was committed.
 */
export class HeldValues {
  readonly series: readonly StoredSeries[];
  readonly #values: Float64Array;
  readonly #indexOf = new Map<number, number>();

  /**
   * Brings the reader up to date: `series` are those that it gave before.
   *
   * @throws FileFormatError when the file contradicts the format
   */
  constructor(reader: Reader, series: readonly StoredSeries[]) {
    const length = series.reduce((sum, { metric }) => sum + slotsPerSeries(metric), 0);
    this.#values = new Float64Array(length);
    let index = 0;
    for (const { metric, slot } of series) {
      const width = slotsPerSeries(metric);
      const from = reader.locate(slot);
      if (metric.type === 'gauge' && keepsSetTime(metric.mode)) this.#copyPair(from, index);
      else this.#copyBlock(from, index, width);
      this.#indexOf.set(slot, index);
      index += width;
    }
    fence();
    reader.update();
    const present = new Set(reader.series);
    this.series = series.filter((one) => present.has(one));
  }

  /** Where the copy of a block is. @throws RangeError for one that was not copied */
  locate(slot: number): Located {
    const index = this.#indexOf.get(slot);
    if (index === undefined) throw new RangeError(`slot ${slot} was not copied`);
    return { values: this.#values, index };
  }

  #copyBlock(from: Located, to: number, width: number): void {
    // One by one: a copy of many at once may read a value in parts.
    for (let i = 0; i < width; i++) {
      this.#values[to + i] = from.values[from.index + i] as number;
    }
  }

  /** As a merge reads pairs that are set meanwhile; a time that is never at rest is unknown. */
  #copyPair({ values, index }: Located, to: number): void {
    for (let reads = 0; reads < MAX_PAIR_READS; reads++) {
      const time = values[index + 1] as number;
      fence();
      this.#values[to] = values[index] as number;
      fence();
      this.#values[to + 1] = values[index + 1] as number;
      if (this.#values[to + 1] === time) return;
    }
    this.#values[to + 1] = Number.NaN;
  }
}
