// The rules of a merge, read once more in the plainest way.

import type { LabelValues } from '../../src/model/labels.js';
import type { GaugeMode, MetricType } from '../../src/model/metric.js';
import { type GivenMetric, type GivenWriter, textOf } from '../helpers/merge-sources.js';

/** Merged blocks by family name and labels. */
export type Values = Record<string, Record<string, number[]>>;

interface Contribution {
  readonly labels: string;
  readonly block: readonly number[];
  readonly buckets: readonly number[];
  readonly writer: GivenWriter;
}

export function naiveMerge(given: readonly GivenWriter[]): Values {
  const newestFirst = [...given].sort((a, b) => (b.createdMs ?? 0) - (a.createdMs ?? 0));
  const names = new Set(given.flatMap(({ metrics }) => metrics.map(({ name }) => name as string)));
  const page: Values = {};
  for (const name of names) {
    const claims = newestFirst.flatMap((writer) =>
      writer.metrics.filter((m) => m.name === name).map((metric) => ({ writer, metric })),
    );
    const { type, mode } = (claims[0] as (typeof claims)[0]).metric as GivenMetric & {
      type: MetricType;
      mode: GaugeMode;
    };
    if (type === 'gauge' && mode === 'omit') continue;
    const taken = claims.filter(
      ({ writer, metric }) =>
        metric.type === type &&
        metric.mode === mode &&
        (writer.live || type !== 'gauge' || !mode.startsWith('live')),
    );
    const shared = (claims[0]?.metric.buckets ?? []).filter((bound) =>
      taken.every(({ metric }) => metric.buckets?.includes(bound)),
    );
    const contributions = taken.flatMap(({ writer, metric }) =>
      metric.series.map(([values, numbers]) => ({
        labels: shown(
          metric,
          values,
          type === 'gauge' && mode.endsWith('all') ? labelOf(writer, given) : undefined,
        ),
        writer,
        block: numbers,
        buckets: metric.buckets ?? [],
      })),
    );
    page[name] = Object.fromEntries(
      [...new Set(contributions.map(({ labels }) => labels))].map((labels) => {
        const own = contributions.filter((c) => c.labels === labels);
        if (type === 'gauge') return [labels, [gauge(mode, own)]];
        if (type === 'histogram') return [labels, histogram(shared, own)];
        return [
          labels,
          own.map((c) => [...c.block]).reduce((a, b) => a.map((n, i) => n + (b[i] as number))),
        ];
      }),
    );
  }
  return page;
}

/** The label of a writer that is shown by itself: live ones of one name are told apart, oldest first. */
function labelOf(writer: GivenWriter, given: readonly GivenWriter[]): string | undefined {
  const { label, live, createdMs = 0 } = writer;
  const before = given.filter(
    (other) => other.live && other.label === label && (other.createdMs ?? 0) < createdMs,
  );
  return live && before.length > 0 ? `${label}#${before.length + 1}` : label;
}

/** A series' labels as a page shows them. */
export function shown(metric: GivenMetric, values: LabelValues, pid: string | undefined): string {
  const labels = new Map(metric.defaultLabels ?? []);
  values.forEach((value, i) => {
    if (value !== undefined) labels.set(metric.labelNames?.[i] as string, value);
  });
  if (pid !== undefined) labels.set('pid', pid);
  return textOf([...labels]);
}

/** Observations up to each shared bound, less those up to the one before. */
function histogram(shared: readonly number[], given: readonly Contribution[]): number[] {
  const upTo = (bound: number) =>
    total(
      given.map(({ block: counts, buckets }) =>
        total(
          counts.filter(
            (_, i) => (buckets[i] ?? Number.POSITIVE_INFINITY) <= bound && i < buckets.length,
          ),
        ),
      ),
    );
  const all = total(
    given.map(({ block: counts, buckets }) => total(counts.slice(0, buckets.length + 1))),
  );
  const sums = total(given.map(({ block: counts }) => counts.at(-1) as number));
  const cumulative = [...shared.map(upTo), all];
  return [...cumulative.map((n, i) => n - (cumulative[i - 1] ?? 0)), sums];
}

function gauge(mode: GaugeMode, given: readonly Contribution[]): number {
  const kind = mode.replace('live', '');
  const all = given.map(({ block: [value = 0, set = 1] }) => ({ value, set }));
  const everSet = all.filter(({ set }) => set !== 0);
  if (kind === 'all') return lastOf(given).block[0] as number;
  const candidates = everSet.length > 0 ? everSet : all;
  const numbers = candidates.filter(({ value }) => !Number.isNaN(value));
  const values = numbers.map(({ value }) => value);
  if (values.length === 0) return Number.NaN;
  switch (kind) {
    case 'sum':
      return total(values);
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'average':
      return total(values) / values.length;
    default:
      return numbers.reduce((a, b) => (b.set > a.set ? b : a)).value;
  }
}

/** Who lives, and else the last to end. */
function lastOf(given: readonly Contribution[]): Contribution {
  const end = ({ writer: { live, endedMs = 0 } }: Contribution) =>
    live ? Number.POSITIVE_INFINITY : endedMs;
  return given.reduce((a, b) => (end(b) > end(a) ? b : a));
}

const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
