import type { Snapshot, WriterReading } from './snapshot.js';

/** A writer or a series with how fast it counts. Undefined where nothing is there to compare with. */
export interface Rated<T> {
  readonly what: T;
  readonly perSecond: number | undefined;
}

export interface SeriesReading {
  readonly name: string;
  readonly value: number;
}

export interface Rates {
  /** Live ones first, the busiest of them first. */
  readonly writers: readonly Rated<WriterReading>[];
  /** The busiest first. */
  readonly series: readonly Rated<SeriesReading>[];
}

/** How fast everything counted between two looks. */
export function ratesBetween(before: Snapshot | undefined, now: Snapshot): Rates {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1000;
  const rate = (was: number | undefined, is: number) =>
    was === undefined || seconds <= 0 ? undefined : Math.max(0, is - was) / seconds;
  const totals = new Map(before?.writers.map(({ path, total }) => [path, total]));
  const writers = now.writers.map((what) => ({
    what,
    perSecond: rate(totals.get(what.path), what.total),
  }));
  const series = [...now.series].map(([name, value]) => ({
    what: { name, value },
    perSecond: rate(before?.series.get(name), value),
  }));
  return { writers: writers.sort(byState), series: series.sort(byRate) };
}

const STATES = ['live', 'hidden', 'dead'] as const;

function byState(a: Rated<WriterReading>, b: Rated<WriterReading>): number {
  const state = STATES.indexOf(a.what.liveness) - STATES.indexOf(b.what.liveness);
  return state || faster(a, b) || (a.what.path < b.what.path ? -1 : 1);
}

function byRate(a: Rated<SeriesReading>, b: Rated<SeriesReading>): number {
  return faster(a, b) || (a.what.name < b.what.name ? -1 : 1);
}

function faster(a: Rated<unknown>, b: Rated<unknown>): number {
  return (b.perSecond ?? 0) - (a.perSecond ?? 0);
}
