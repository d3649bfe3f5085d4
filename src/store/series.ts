import type { DirtyRange } from '../mapping/dirty-range.js';
import type { GivenExemplar } from '../model/exemplar.js';
import type { LabelPair, LabelValues } from '../model/labels.js';
import { type MetricDescriptor, slotsPerSeries } from '../model/metric.js';
import type { Block } from './free-blocks.js';
import type { Place } from './place.js';
import { NO_VALUES, type SlotHolder } from './slots.js';

/** What a series' block begins with; zeros where it has none. */
export type InitialValues = ArrayLike<number> | undefined;

/** Where a series' values are, and its exemplars. */
export interface SeriesBlock extends SlotHolder {
  readonly place: Place | undefined;
  readonly id: number;
  readonly exemplarBlocks: (Block | undefined)[] | undefined;
}

/** One metric of this thread, as the store keeps it while the application uses it. */
export class StoreMetric {
  readonly descriptor: MetricDescriptor;
  readonly width: number;
  /** Series that have a block. */
  readonly series = new Set<Series>();
  /** Registries that show the metric. Where there are none it counts in memory that no page reads. */
  registrations = 0;
  defaultLabels: readonly LabelPair[] = [];

  constructor(descriptor: MetricDescriptor) {
    this.descriptor = descriptor;
    this.width = slotsPerSeries(descriptor);
  }
}

/**
 * One series of this thread: a metric and label values, and the block that holds its
 * values while it is open. Bound children extend it, so that an update finds all it
 * needs in one object.
 */
export class Series implements SlotHolder {
  values: Float64Array = NO_VALUES;
  index = -1;
  dirty: DirtyRange | undefined = undefined;
  readonly metric: StoreMetric;
  readonly labelValues: LabelValues;
  /** Where the block is, and the id of its record there. */
  place: Place | undefined = undefined;
  id = -1;
  /** The last exemplar of each bucket that has had one, or a counter's only one. */
  exemplars: (GivenExemplar | undefined)[] | undefined = undefined;
  /** Where in `place` they are, by bucket. */
  exemplarBlocks: (Block | undefined)[] | undefined = undefined;

  constructor(metric: StoreMetric, labelValues: LabelValues) {
    this.metric = metric;
    this.labelValues = labelValues;
  }

  /** Counts in an array of its own, which no page shows. */
  hide(values: Float64Array): void {
    const { exemplars } = this;
    this.release();
    this.exemplars = exemplars;
    this.values = values;
    this.index = 0;
    this.metric.series.add(this);
  }

  /** Where the block is, as one value to keep and to set again. */
  get block(): SeriesBlock {
    const { values, index, dirty, place, id, exemplarBlocks } = this;
    return { values, index, dirty, place, id, exemplarBlocks };
  }

  set block(block: SeriesBlock) {
    Object.assign(this, block);
  }

  /** Forgets the block: the series is closed. */
  release(): void {
    this.values = NO_VALUES;
    this.index = -1;
    this.dirty = undefined;
    this.place = undefined;
    this.id = -1;
    this.exemplars = undefined;
    this.exemplarBlocks = undefined;
    this.metric.series.delete(this);
  }

  /** The values as they are, `metric.width` of them; empty where the series is not open. */
  snapshot(): Float64Array {
    if (this.index < 0) return NO_VALUES;
    return this.values.slice(this.index, this.index + this.metric.width);
  }
}
