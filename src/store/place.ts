import { GONE_PER_LIVE_SERIES, MIN_GONE_SERIES } from '../limits.js';
import { clearExemplar, writeExemplar } from './exemplar-writer.js';
import type { Block } from './free-blocks.js';
import type { Series, StoreMetric } from './series.js';
import type { SlotHolder } from './slots.js';
import type { Writer } from './writer.js';

/** The blocks that a series has left. */
export interface Vacated {
  readonly place: Place;
  readonly id: number;
  readonly holder: SlotHolder;
  readonly width: number;
  readonly exemplars: readonly Block[];
}

/** What `series` leaves when it goes now; undefined where it is in no place. */
export function vacatedBy(series: Series): Vacated | undefined {
  const { place, id, values, index, dirty, metric, exemplarBlocks = [] } = series;
  if (place === undefined) return undefined;
  const exemplars = exemplarBlocks.filter((block) => block !== undefined);
  return { place, id, holder: { values, index, dirty }, width: metric.width, exemplars };
}

/** One writer and which of this thread's metrics and series are in it. */
export class Place {
  readonly writer: Writer;
  /** Series that are here. */
  live = 0;
  /** Series that were here: their records stay. */
  gone = 0;
  readonly #metricIds = new Map<StoreMetric, number>();

  constructor(writer: Writer) {
    this.writer = writer;
  }

  get metrics(): Iterable<StoreMetric> {
    return this.#metricIds.keys();
  }

  /** Those of them that some registry shows. */
  get shownMetrics(): readonly StoreMetric[] {
    return [...this.metrics].filter(({ registrations }) => registrations > 0);
  }

  /** Series of these that are here. */
  get shownSeries(): readonly Series[] {
    return this.shownMetrics.flatMap(({ series }) =>
      [...series].filter(({ place }) => place === this),
    );
  }

  /** Number of the metric in the writer's file, or undefined where it is not there. */
  idOf(metric: StoreMetric): number | undefined {
    return this.#metricIds.get(metric);
  }

  /** Publishes a metric here, if it is not. @throws MappingError | CapacityError */
  define(metric: StoreMetric): number {
    const known = this.#metricIds.get(metric);
    if (known !== undefined) return known;
    const id = this.writer.defineMetric(metric.descriptor);
    this.#metricIds.set(metric, id);
    if (metric.defaultLabels.length > 0) this.writer.setDefaultLabels(id, metric.defaultLabels);
    return id;
  }

  /** Tells readers of changed default labels. @throws MappingError | CapacityError */
  updateDefaultLabels(metric: StoreMetric): void {
    const id = this.#metricIds.get(metric);
    if (id !== undefined) this.writer.setDefaultLabels(id, metric.defaultLabels);
  }

  /** Takes a metric, of which no series are left here, off the page. @throws MappingError | CapacityError */
  retire(metric: StoreMetric): void {
    const id = this.#metricIds.get(metric);
    if (id === undefined) return;
    this.writer.retireMetric(id);
    this.#metricIds.delete(metric);
  }

  /** Whether most of what the records say is of series that are gone, and enough to be worth a new file. */
  get isMostlyGone(): boolean {
    return this.gone > MIN_GONE_SERIES && this.gone > GONE_PER_LIVE_SERIES * this.live;
  }

  /** Takes a series' record away: the caller points its holder elsewhere. @throws MappingError | CapacityError */
  remove({ id, width, holder, exemplars }: Vacated): void {
    this.writer.removeSeries(id, width, holder, exemplars);
    this.live--;
    this.gone++;
  }

  /**
   * For a file that was left for another one: what was in it is elsewhere now, and must
   * not count again if the file is seen again. @throws MappingError | CapacityError
   */
  empty(): void {
    this.writer.empty();
    try {
      for (const metric of [...this.metrics]) this.retire(metric);
    } finally {
      this.writer.mapping.flush();
    }
  }

  /** Gives a series a block here, with these values. When it throws the series is where it was. */
  add(series: Series, initial: ArrayLike<number> | undefined): void {
    const { metric } = series;
    const metricId = this.define(metric);
    series.id = this.writer.addSeries(metricId, series.labelValues, metric.width, series, initial);
    series.place = this;
    series.exemplarBlocks = undefined;
    metric.series.add(series);
    this.live++;
  }

  /** Shows the exemplar of a bucket of a series that is here. @throws MappingError | CapacityError */
  putExemplar(series: Series, bucket: number): void {
    const exemplar = series.exemplars?.[bucket];
    if (exemplar === undefined) return;
    series.exemplarBlocks ??= [];
    const known = series.exemplarBlocks[bucket];
    if (known !== undefined) writeExemplar(known, exemplar);
    else series.exemplarBlocks[bucket] = this.writer.addExemplar(series.id, bucket, exemplar);
  }

  /** Shows all exemplars of a series that is here. @throws MappingError | CapacityError */
  putExemplars(series: Series): void {
    for (const bucket of series.exemplars?.keys() ?? []) this.putExemplar(series, bucket);
  }
}

/** For blocks whose removal there is no room to say: they show nothing until it can be said. */
export function blank({ holder, width, exemplars }: Vacated): void {
  holder.values.fill(0, holder.index, holder.index + width);
  holder.dirty?.mark(holder.index, holder.index + width - 1);
  for (const block of exemplars) clearExemplar(block);
}
