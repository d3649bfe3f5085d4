import type { FamilyReport, SampleReport } from '../../model/report.js';
import { formatQuantile, QUANTILES, quantileName } from './histogram.js';
import type { Histories } from './history.js';
import { formatMoment, formatNumber, isMoment, toNumber } from './numbers.js';
import { histogramQuantile } from './quantile.js';
import { labelText } from './text.js';

/** One series, as its line in a family's details. */
export interface MeasuredSeries {
  readonly key: string;
  readonly labels: string;
  readonly value: string;
  readonly exact: string;
  readonly rate: number | undefined;
  readonly rateUnit: string | undefined;
  readonly points: readonly (readonly [atMs: number, value: number])[];
  /** Whether the points are rates. */
  readonly counts: boolean;
}

/** Samples that are of one series. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: SampleReport[];
}

/** A family's series that have samples, each measured. */
export function measureSeries(
  family: FamilyReport,
  histories: Histories,
  atMs: number,
): MeasuredSeries[] {
  return [...groups(family)].map(([key, group]) => {
    const history = histories.of(`series ${family.name} ${key}`);
    const { value, exact, number } = READ[family.type](family, group);
    history.add(atMs, [number]);
    const counts = family.type !== 'gauge';
    return {
      key,
      labels: labelText(group.labels),
      value,
      exact,
      rate: counts ? history.rate() : undefined,
      rateUnit: family.type === 'counter' ? family.unit : undefined,
      points: counts ? history.rates() : history.levels(),
      counts,
    };
  });
}

function groups({ type, samples }: FamilyReport): Map<string, Group> {
  const own = type === 'histogram' ? 'le' : 'quantile';
  const found = new Map<string, Group>();
  for (const sample of samples) {
    const pairs = Object.entries(sample.labels).filter(
      ([name]) => name !== own || type === 'counter' || type === 'gauge',
    );
    const key = JSON.stringify(pairs);
    const group = found.get(key);
    if (group === undefined)
      found.set(key, { labels: Object.fromEntries(pairs), samples: [sample] });
    else group.samples.push(sample);
  }
  return found;
}

interface Read {
  readonly value: string;
  readonly exact: string;
  readonly number: number;
}

/** What a series of each type says in a line. */
const READ: Readonly<Record<FamilyReport['type'], (family: FamilyReport, group: Group) => Read>> = {
  counter: readOne,
  gauge: readOne,
  summary: (family, group) => {
    const { count, sum } = countAndSum(family, group);
    const mean = count > 0 ? formatNumber(sum / count, family.unit) : '–';
    return { value: `mean\u00a0${mean}`, exact: `${count} observed, sum ${sum}`, number: count };
  },
  histogram: (family, group) => {
    const { count, sum } = countAndSum(family, group);
    const buckets = group.samples.filter(({ name }) => name === `${family.name}_bucket`);
    const bounds = buckets.map(({ labels }) =>
      toNumber(labels.le === '+Inf' ? '+Inf' : Number(labels.le)),
    );
    const counts = buckets.map(({ value }) => toNumber(value));
    const quantiles = QUANTILES.map((q) => {
      const value = formatQuantile(histogramQuantile(q, { bounds, counts }), family.unit);
      return `${quantileName(q)}\u00a0${value}`;
    });
    return { value: quantiles.join(' · '), exact: `${count} observed, sum ${sum}`, number: count };
  },
};

function readOne({ name, unit }: FamilyReport, { samples }: Group): Read {
  const number = toNumber(samples[0]?.value);
  const value = isMoment(name) ? formatMoment(number) : formatNumber(number, unit);
  return { value, exact: String(number), number };
}

function countAndSum({ name }: FamilyReport, { samples }: Group): { count: number; sum: number } {
  const valueWith = (suffix: string) =>
    toNumber(samples.find((sample) => sample.name === name + suffix)?.value);
  return { count: valueWith('_count'), sum: valueWith('_sum') };
}
