import { EXEMPLAR_SLOTS } from '../format/exemplars.js';
import { SLOT_BYTES } from '../format/layout.js';
import { type StoredMetric, type StoredSeries, slotsPerSeries } from '../model/metric.js';
import type { ChunkSpan } from './chunk-list.js';

export interface ReadMetric extends StoredMetric {
  readonly retired: boolean;
}

/** What records say, by id: also what was retired or removed. */
export interface Entries {
  readonly metrics: readonly ReadMetric[];
  readonly series: readonly (StoredSeries | undefined)[];
  readonly absorbed: ReadonlySet<string>;
}

const NO_SERIES: readonly StoredSeries[] = [];

/**
 * What the records of a file amount to. It never changes, so that all files with the same
 * records share one, and with it whatever was laid out for it.
 */
export class Contents {
  /** Of a file without records. */
  static readonly EMPTY = new Contents({ metrics: [], series: [], absorbed: new Set() }, []);

  readonly entries: Entries;
  /** Metrics that are defined and not retired. */
  readonly metrics: readonly StoredMetric[];
  /** Chunks in which the blocks lie, from the file's first on. */
  readonly #chunks: readonly ChunkSpan[];
  #pairs: readonly number[] | undefined;
  #ends: readonly number[] | undefined;
  #series: readonly StoredSeries[] | undefined;
  #seriesByMetric: ReadonlyMap<StoredMetric, readonly StoredSeries[]> | undefined;

  constructor(entries: Entries, chunks: readonly ChunkSpan[]) {
    this.entries = entries;
    this.#chunks = chunks;
    this.metrics = entries.metrics.filter(({ retired }) => !retired);
  }

  /** For archives: names of the files whose values are in here. */
  get absorbed(): ReadonlySet<string> {
    return this.entries.absorbed;
  }

  /** Series that are added and not removed, in the writer's order. */
  get series(): readonly StoredSeries[] {
    this.#series ??= this.entries.series.filter(
      (s): s is StoredSeries => s !== undefined && !(s.metric as ReadMetric).retired,
    );
    return this.#series;
  }

  /** Those of one metric: the same array at every call. */
  seriesOf(metric: StoredMetric): readonly StoredSeries[] {
    this.#seriesByMetric ??= byMetric(this.series);
    return this.#seriesByMetric.get(metric) ?? NO_SERIES;
  }

  /** File offsets of values that belong together with the one after them: a gauge's and its set-time. */
  get pairs(): readonly number[] {
    this.#pairs ??= this.series
      .filter(({ metric }) => slotsPerSeries(metric) === 2)
      .map(({ slot }) => slot * SLOT_BYTES);
    return this.#pairs;
  }

  /** By number of an extent, where it has blocks: the byte of it at which the last one ends. */
  get ends(): readonly number[] {
    this.#ends ??= this.#endsOfBlocks();
    return this.#ends;
  }

  /** The number of the extent that holds a block, and the block's first slot in it. */
  place(slot: number): { readonly extent: number; readonly index: number } {
    const at = slot * SLOT_BYTES;
    const chunks = this.#chunks;
    let extent = 0;
    while (extent < chunks.length - 1 && at >= (chunks[extent] as ChunkSpan).end) extent++;
    return { extent, index: (at - (chunks[extent] as ChunkSpan).begin) / SLOT_BYTES };
  }

  #endsOfBlocks(): number[] {
    const ends: number[] = [];
    const add = (slot: number, width: number) => {
      const { extent, index } = this.place(slot);
      ends[extent] = Math.max(ends[extent] ?? 0, (index + width) * SLOT_BYTES);
    };
    for (const { metric, slot, exemplarSlots = [] } of this.series) {
      add(slot, slotsPerSeries(metric));
      for (const entry of exemplarSlots) if (entry !== undefined) add(entry, EXEMPLAR_SLOTS);
    }
    return ends;
  }
}

function byMetric(all: readonly StoredSeries[]): Map<StoredMetric, StoredSeries[]> {
  const groups = new Map<StoredMetric, StoredSeries[]>();
  for (let i = 0; i < all.length; i++) {
    const series = all[i] as StoredSeries;
    const group = groups.get(series.metric);
    if (group === undefined) groups.set(series.metric, [series]);
    else group.push(series);
  }
  return groups;
}
