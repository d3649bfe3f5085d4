import { copyPair, fence } from '../fence.js';
import { EXEMPLAR_SLOTS } from '../format/exemplars.js';
import {
  keepsSetTime,
  type StoredMetric,
  type StoredSeries,
  slotsPerSeries,
} from '../model/metric.js';
import { StoredExemplar } from './exemplar-entry.js';
import type { Reader } from './reader.js';

/**
 * Values of a file whose writer gives slots to other series all the time, so that no
 * reading of all of them ends in time: a copy, and of the series that were there before
 * it those that are there after it. Their slots were theirs throughout, since a slot is
 * given away only after its series' removal was committed.
 */
export class HeldValues {
  readonly metrics: readonly StoredMetric[];
  readonly series: readonly StoredSeries[];
  /** The copy: one extent, of number 0. */
  readonly values: Float64Array;
  readonly #indexOf = new Map<number, number>();

  /**
   * Copies, then brings the reader up to date.
   *
   * @throws FileFormatError when the file contradicts the format
   */
  constructor(reader: Reader) {
    const { series } = reader.contents;
    const length = series.reduce((sum, one) => sum + slotsToCopy(one), 0);
    this.values = new Float64Array(length);
    let index = 0;
    for (const { metric, slot, exemplarSlots } of series) {
      const width = slotsPerSeries(metric);
      const from = reader.locate(slot);
      if (metric.type === 'gauge' && keepsSetTime(metric.mode)) {
        // A time that is never at rest is unknown.
        const isWhole = copyPair(from.values, from.index, this.values, index);
        if (!isWhole) this.values[index + 1] = Number.NaN;
      } else {
        this.#copyBlock(from.values, from.index, index, width);
      }
      this.#indexOf.set(slot, index);
      index += width;
      for (const entry of exemplarSlots ?? []) {
        if (entry === undefined) continue;
        const { values, index: at } = reader.locate(entry);
        new StoredExemplar(values, at).copyTo(this.values, index);
        this.#indexOf.set(entry, index);
        index += EXEMPLAR_SLOTS;
      }
    }
    fence();
    reader.update();
    // A series whose metric has other default labels now is another object with the same values.
    const copied = new Map(series.map((one) => [one.labelValues, one]));
    this.metrics = reader.contents.metrics;
    this.series = reader.contents.series.flatMap((one) => {
      const before = copied.get(one.labelValues);
      if (before === undefined) return [];
      const { exemplarSlots } = before;
      // The entry of an exemplar that came meanwhile may be one that another series had.
      return exemplarSlots === one.exemplarSlots ? [one] : [withExemplars(one, exemplarSlots)];
    });
  }

  seriesOf(metric: StoredMetric): readonly StoredSeries[] {
    return this.series.filter((series) => series.metric === metric);
  }

  /** Where the copy of a block is. @throws RangeError for one that was not copied */
  place(slot: number): { readonly extent: number; readonly index: number } {
    const index = this.#indexOf.get(slot);
    if (index === undefined) throw new RangeError(`slot ${slot} was not copied`);
    return { extent: 0, index };
  }

  #copyBlock(values: Float64Array, from: number, to: number, width: number): void {
    // One by one: a copy of many at once may read a value in parts.
    for (let i = 0; i < width; i++) this.values[to + i] = values[from + i] as number;
  }
}

function slotsToCopy({ metric, exemplarSlots = [] }: StoredSeries): number {
  const exemplars = exemplarSlots.filter((slot) => slot !== undefined).length;
  return slotsPerSeries(metric) + exemplars * EXEMPLAR_SLOTS;
}

function withExemplars(
  { metric, labelValues, slot }: StoredSeries,
  exemplarSlots: StoredSeries['exemplarSlots'],
): StoredSeries {
  const series = { metric, labelValues, slot };
  return exemplarSlots === undefined ? series : { ...series, exemplarSlots };
}
