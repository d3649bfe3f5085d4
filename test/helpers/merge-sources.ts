import type { MergeSource, SourceContents } from '../../src/merge/source.js';
import type { FamilyTable } from '../../src/model/family.js';
import type { LabelPair, LabelValues } from '../../src/model/labels.js';
import {
  type MetricDescriptor,
  type StoredMetric,
  type StoredSeries,
  slotsPerSeries,
} from '../../src/model/metric.js';
import { descriptor } from './writers.js';

export interface GivenMetric extends Partial<MetricDescriptor> {
  readonly defaultLabels?: readonly LabelPair[];
  /** Label values and the block of every series. */
  readonly series: readonly (readonly [LabelValues, readonly number[]])[];
}

export interface GivenWriter {
  readonly label?: string;
  readonly live?: boolean;
  readonly createdMs?: number;
  /** When it was last known to live. */
  readonly endedMs?: number;
  readonly metrics: readonly GivenMetric[];
}

/** What a writer with these metrics gives to a merge. All its blocks lie in one array. */
export function sourceOf({
  label = '1',
  live = true,
  createdMs = 1,
  endedMs = createdMs,
  metrics,
}: GivenWriter): MergeSource {
  const values: number[] = [];
  const stored: StoredMetric[] = [];
  const series: StoredSeries[] = [];
  for (const { series: given, defaultLabels = [], ...rest } of metrics) {
    const metric = { ...descriptor(rest), id: stored.length, defaultLabels, sinceMs: createdMs };
    stored.push(metric);
    for (const [labelValues, block] of given) {
      if (block.length !== slotsPerSeries(metric)) {
        throw new Error(
          `a ${metric.type} of mode ${metric.mode} has ${slotsPerSeries(metric)} slots`,
        );
      }
      series.push({ metric, labelValues, slot: values.length });
      for (const value of block) values.push(value);
    }
  }
  const array = Float64Array.from(values);
  return {
    writerLabel: label,
    writerId: String(createdMs),
    live,
    aliveMs: endedMs,
    createdMs,
    contents: contentsOf(stored, series, (slot) => ({ extent: 0, index: slot })),
    extent: () => array,
    exemplar: noExemplar,
  };
}

export function contentsOf(
  metrics: readonly StoredMetric[],
  series: readonly StoredSeries[],
  place: SourceContents['place'],
): SourceContents {
  const seriesOf = (metric: StoredMetric) => series.filter((one) => one.metric === metric);
  return { metrics, seriesOf, place };
}

/** Merged blocks by family name and labels, `{a="x"}` sorted by name. */
export function tableOf(
  families: readonly FamilyTable[],
): Record<string, Record<string, number[]>> {
  return Object.fromEntries(
    families.map(({ name, labels, width, values }) => [
      name,
      Object.fromEntries(
        labels.map((pairs, i) => [textOf(pairs), [...values.subarray(i * width, (i + 1) * width)]]),
      ),
    ]),
  );
}

export function textOf(pairs: readonly LabelPair[]): string {
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join()}}`;
}

/** For writers whose series have no exemplars. */
export function noExemplar(slot: number): never {
  throw new RangeError(`there is no exemplar at slot ${slot}`);
}
