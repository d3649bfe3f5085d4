import type { FamilyReport } from '../../model/report.js';
import {
  boundsOf,
  type Distribution,
  formatQuantile,
  QUANTILES,
  quantileName,
  readingOf,
  recentOf,
} from './histogram.js';
import type { Histories, History } from './history.js';
import { formatMoment, formatNumber, isMoment, toNumber } from './numbers.js';
import { histogramQuantile } from './quantile.js';

/** What is shown of a family: its numbers now, and what the page has read of it. */
export interface MeasuredFamily {
  readonly family: FamilyReport;
  readonly history: History;
  /** Of what counts; of a gauge none. */
  readonly rate: number | undefined;
  /** Unit of the rate: a histogram counts observations, whatever they are of. */
  readonly rateUnit: string | undefined;
  /** One number to sort by. */
  readonly level: number;
  readonly now: string;
  /** The same exactly. */
  readonly exact: string;
  readonly all?: Distribution;
  readonly recent?: Distribution | undefined;
}

/** Adds a family's numbers to its history, and measures it. */
export function measure(family: FamilyReport, histories: Histories, atMs: number): MeasuredFamily {
  const history = histories.of(`family ${family.name}`);
  switch (family.type) {
    case 'gauge':
      return measureGauge(family, history, atMs);
    case 'histogram':
      return measureHistogram(family, history, atMs);
    default:
      return measureCounts(family, history, atMs);
  }
}

function measureGauge(family: FamilyReport, history: History, atMs: number): MeasuredFamily {
  const [lowest, highest] = [toNumber(family.lowest), toNumber(family.highest)];
  history.add(atMs, [highest]);
  const text = (value: number) =>
    isMoment(family.name) ? formatMoment(value) : formatNumber(value, family.unit);
  const range = family.series > 1 && lowest !== highest;
  return {
    family,
    history,
    rate: undefined,
    rateUnit: undefined,
    level: highest,
    now: family.series === 0 ? '–' : range ? `${text(lowest)} … ${text(highest)}` : text(highest),
    exact: range ? `${lowest} … ${highest}` : String(highest),
  };
}

function measureHistogram(family: FamilyReport, history: History, atMs: number): MeasuredFamily {
  const buckets = family.buckets ?? [];
  const bounds = boundsOf(buckets);
  const counts = buckets.map((bucket) => toNumber(bucket.count));
  const all = { bounds, counts, sum: toNumber(family.sum) };
  history.add(atMs, readingOf(all));
  const recent = recentOf(bounds, history);
  const quantile = (q: number) => histogramQuantile(q, recent ?? all);
  const [median = 0.5, , tail = 0.99] = QUANTILES;
  const shown = [median, tail].map(
    (q) => `${quantileName(q)}\u00a0${formatQuantile(quantile(q), family.unit)}`,
  );
  return {
    family,
    history,
    rate: history.rate(),
    rateUnit: undefined,
    level: quantile(tail),
    now: toNumber(family.total) > 0 ? shown.join(' · ') : '–',
    exact: `${family.total} observed, sum ${family.sum}`,
    all,
    recent,
  };
}

function measureCounts(family: FamilyReport, history: History, atMs: number): MeasuredFamily {
  const total = toNumber(family.total);
  history.add(atMs, [total]);
  const counts = { family, history, rate: history.rate() };
  if (family.type === 'counter') {
    const now = formatNumber(total, family.unit);
    return { ...counts, rateUnit: family.unit, level: total, now, exact: String(total) };
  }
  const sum = toNumber(family.sum);
  const mean = sum / total;
  const now = total > 0 ? `mean\u00a0${formatNumber(mean, family.unit)}` : '–';
  return {
    ...counts,
    rateUnit: undefined,
    level: mean,
    now,
    exact: `${total} observed, sum ${sum}`,
  };
}
