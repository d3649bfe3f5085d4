import { BackendError, CapacityError } from '../errors.js';
import type { LabelPair } from '../model/labels.js';
import type { StoreOptions } from './options.js';
import { blank, Place, type Vacated, vacatedBy } from './place.js';
import type { InitialValues, Series, StoreMetric } from './series.js';
import { SeriesExemplars } from './series-exemplars.js';
import type { Writer } from './writer.js';

/**
 * All series of this thread and where they are: in the thread's file, or in memory
 * when the file cannot take them. Nothing here throws for a reason of I/O, and no
 * count is lost: what cannot be written now is counted in memory and brought to the
 * file by the first `beat` that can.
 *
 * - `file`: the thread's own file, as soon as a metric is registered
 * - `spill`: memory that this thread's collectors read beside the directory
 *
 * A series of a metric that no registry shows has an array of its own and is in no place.
 */
export class Store {
  readonly exemplars = new SeriesExemplars((action) => this.#try(action));
  readonly #options: StoreOptions;
  #spill: Place;
  #file: Place | undefined;
  /** The system refused something since the last beat: it is not asked again before the next. */
  #refused = false;
  /** Series that are gone, but for whose removal the file had no room: their blocks hold zeros. */
  #unremoved: Vacated[] = [];
  /** The file says what is no longer so of the thread. */
  #outdated = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#spill = new Place(options.openMemory());
  }

  /** The thread's file, where it has one. */
  get fileWriter(): Writer | undefined {
    return this.#file?.writer;
  }

  /** What is registered but in no file: a local collector reads it too. */
  get memoryWriter(): Writer {
    return this.#spill.writer;
  }

  /** Number of a metric in the thread's file, or in what `memoryWriter` holds. */
  idOf(metric: StoreMetric, writer: Writer): number | undefined {
    return (writer === this.#spill.writer ? this.#spill : this.#file)?.idOf(metric);
  }

  /** One more registry shows the metric. */
  attach(metric: StoreMetric): void {
    metric.registrations++;
    if (metric.registrations === 1) this.#settle(metric);
  }

  /** One registry less shows the metric: without any it leaves the page and goes on in memory. */
  detach(metric: StoreMetric): void {
    if (metric.registrations === 0) return;
    metric.registrations--;
    if (metric.registrations > 0) return;
    for (const series of [...metric.series]) {
      const left = vacatedBy(series);
      series.hide(series.snapshot());
      if (left !== undefined) this.#vacate(left);
    }
    this.#try(() => this.#file?.retire(metric));
    this.#spill.retire(metric);
  }

  setDefaultLabels(metric: StoreMetric, pairs: readonly LabelPair[]): void {
    metric.defaultLabels = pairs;
    this.#try(() => this.#file?.updateDefaultLabels(metric));
    this.#spill.updateDefaultLabels(metric);
  }

  /** Gives a series its block, with zeros or these values. Afterwards `series.index` is not negative. */
  open(series: Series, initial?: ArrayLike<number>): void {
    if (series.metric.registrations > 0) {
      const file = this.#ownFile();
      if (file !== undefined && this.#try(() => file.add(series, initial))) return;
      // Memory has limits too, such as that of a record: what is beyond them counts unseen.
      if (this.#try(() => this.#spill.add(series, initial))) return;
    }
    const values = new Float64Array(series.metric.width);
    if (initial !== undefined) values.set(initial);
    series.hide(values);
  }

  /** Takes a series off the page. Its holder is free for another `open`. */
  close(series: Series): void {
    const left = vacatedBy(series);
    series.release();
    if (left !== undefined) this.#vacate(left);
  }

  /** Brings everything that this thread has counted to where readers see it. */
  flush(): void {
    this.#try(() => this.#file?.writer.mapping.flush());
  }

  /**
   * Once per heartbeat: says that the writer lives, makes a new file where somebody has
   * removed it, and publishes what could not be published before.
   */
  beat(nowMs: number): void {
    this.#refused = false;
    this.exemplars.beat();
    const file = this.#file;
    if (file !== undefined) {
      if (this.#isPresent(file)) file.writer.beat(nowMs);
      else this.#renew(file);
    }
    this.flush();
    this.#catchUpRemovals();
    const old = this.#file;
    if (old !== undefined && (this.#outdated || old.isMostlyGone)) this.#rewriteFile(old);
    if (this.#options.openFile === undefined) return;
    for (const metric of [...this.#spill.metrics]) {
      if (this.#refused) break;
      this.#settle(metric);
    }
  }

  /** What files say of the thread has changed: they are made anew, at a later beat where it cannot be now. */
  remake(nowMs: number): void {
    this.#outdated = this.#file !== undefined;
    this.#rewriteSpill();
    this.beat(nowMs);
  }

  /** The thread ends in good order. Later updates still count. */
  end(): void {
    this.#try(() => this.#file?.writer.end());
  }

  /** Removes what could not be removed when it went, and retires what could not be retired. */
  #catchUpRemovals(): void {
    const unremoved = this.#unremoved;
    this.#unremoved = [];
    for (const gone of unremoved) {
      if (gone.place === this.#file || gone.place === this.#spill) this.#vacate(gone);
    }
    const file = this.#file;
    for (const metric of [...(file?.metrics ?? [])]) {
      if (metric.registrations === 0) this.#try(() => file?.retire(metric));
    }
  }

  /** Brings a metric and all its series to the file, or to memory where that fails. */
  #settle(metric: StoreMetric): void {
    const file = this.#ownFile();
    const done =
      file !== undefined &&
      this.#try(() => {
        file.define(metric);
        for (const series of metric.series) {
          if (series.place !== file) this.#move(series, file);
        }
      });
    if (done) {
      this.#spill.retire(metric);
      return;
    }
    this.#try(() => {
      this.#spill.define(metric);
      for (const series of metric.series) {
        if (series.place === undefined) this.#move(series, this.#spill);
      }
    });
  }

  #move(series: Series, to: Place): void {
    const left = vacatedBy(series);
    this.#add(series, to, series.snapshot());
    if (left !== undefined) this.#vacate(left);
  }

  /** Gives a series a block in a place, and its exemplars as far as there is room. */
  #add(series: Series, to: Place, initial: ArrayLike<number> | undefined): void {
    to.add(series, initial);
    this.exemplars.follow(series, to);
  }

  /** Removes a series from where it was; what the file has no room to say is said by zeros until it has. */
  #vacate(gone: Vacated): void {
    const { place } = gone;
    if (this.#try(() => place.remove(gone))) {
      if (place === this.#spill && place.isMostlyGone) this.#rewriteSpill();
      return;
    }
    blank(gone);
    this.#unremoved.push(gone);
  }

  /** Where the system does not say, the file is taken to be there. */
  #isPresent(file: Place): boolean {
    let present = true;
    this.#try(() => {
      present = this.#options.isPresent(file.writer);
    });
    return present;
  }

  /** The file, made now where it is not there yet. */
  #ownFile(): Place | undefined {
    if (this.#refused) return undefined;
    if (this.#file === undefined && this.#options.openFile !== undefined) {
      this.#fill(() => undefined);
    }
    return this.#file;
  }

  /**
   * Leaves a file whose name is gone for a new one, or for memory until one can be made.
   * The new file gets its name when all is in it.
   */
  #renew(old: Place): void {
    const metrics = old.shownMetrics;
    let absorbed = false;
    this.#try(() => {
      absorbed = old.writer.isAbsorbed;
    });
    // What an archive holds by now would count twice; gauges say what is.
    const carried = (series: Series) =>
      absorbed && series.place === old && series.metric.descriptor.type !== 'gauge'
        ? undefined
        : series.snapshot();
    this.#file = undefined;
    const renewed = this.#fill((place) => this.#carry(old, place, carried));
    if (!renewed) {
      this.#try(() => {
        for (const metric of metrics) this.#spill.define(metric);
        for (const series of metrics.flatMap((metric) => [...metric.series])) {
          if (series.place !== this.#spill) this.#add(series, this.#spill, carried(series));
        }
      });
    }
    this.#try(() => old.empty());
    this.#try(() => old.writer.mapping.close());
  }

  /** Makes the file anew, without the records of series that are gone, under the name that it has. */
  #rewriteFile(old: Place): void {
    const before = old.shownSeries.map((one) => ({ one, block: one.block }));
    const done = this.#fill((place) => this.#carry(old, place), old.writer);
    if (done) {
      this.#try(() => old.writer.supersede());
      this.#try(() => old.writer.mapping.close());
    } else {
      // What was moved goes back: the old file is whole, and nothing was counted meanwhile.
      for (const { one, block } of before) one.block = block;
      this.#file = old;
    }
  }

  #rewriteSpill(): void {
    const old = this.#spill;
    this.#spill = new Place(this.#options.openMemory());
    this.#try(() => this.#carry(old, this.#spill));
  }

  /** Brings what a place shows to another one. @throws MappingError | CapacityError */
  #carry(from: Place, to: Place, valuesOf = (one: Series): InitialValues => one.snapshot()): void {
    for (const metric of from.shownMetrics) to.define(metric);
    for (const one of from.shownSeries) this.#add(one, to, valuesOf(one));
  }

  /** Makes a file, fills it and shows it to readers; what was made is gone again when that fails. */
  #fill(fill: (place: Place) => void, inPlaceOf?: Writer): boolean {
    const { openFile, publish, discard } = this.#options;
    let writer: Writer | undefined;
    const done = this.#try(() => {
      writer = (openFile as () => Writer)();
      const place = new Place(writer);
      fill(place);
      // A name shows what is in the file, not what is about to be.
      writer.mapping.flush();
      publish(writer, inPlaceOf);
      this.#file = place;
      this.#outdated = false;
    });
    const left = writer;
    if (!done && left !== undefined) this.#try(() => discard(left));
    return done;
  }

  #try(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      // A limit says nothing of the next write, and a forced backend that cannot work is told every time.
      if (!(error instanceof CapacityError || error instanceof BackendError)) this.#refused = true;
      this.#options.onError(error);
      return false;
    }
  }
}
