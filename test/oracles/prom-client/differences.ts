// Where this library is meant to differ from prom-client 15, each difference with its
// reason and the smallest program that shows it. The random programs keep clear of these.

import { samplesByKey } from '../../helpers/page-samples.js';
import { EXEMPLAR_DIFFERENCES } from './exemplar-differences.js';
import type { Library } from './side.js';

// biome-ignore lint/suspicious/noExplicitAny: programs here do what the types forbid
type Loose = any;

export interface Difference {
  readonly title: string;
  readonly because: string;
  readonly show: (library: Library, registry: Loose) => unknown;
  /** What `show` gives, or `threw` and the message of what it throws. */
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** What the program gave with this library, or that it threw. */
export async function resultOf({ show }: Difference, library: Library): Promise<unknown> {
  const registry = new library.Registry() as Loose;
  try {
    return await show(library, registry);
  } catch (error) {
    return `threw ${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    registry.clear();
  }
}

export const page = async (registry: Loose): Promise<Record<string, number>> =>
  samplesByKey(await registry.metrics());
export const options = (registry: Loose, ...labelNames: string[]): Loose => ({
  name: 'm',
  help: 'h',
  labelNames,
  registers: [registry],
});

export const DIFFERENCES: readonly Difference[] = [
  ...EXEMPLAR_DIFFERENCES,
  {
    title: 'inc() returns nothing',
    because: 'prom-client returns a hash of the labels for its own exemplars',
    show: ({ Counter }, registry) => new Counter(options(registry)).inc(),
    theirs: { labelHash: '' },
    ours: undefined,
  },
  {
    title: 'a counter takes no NaN',
    because: 'the counter would be NaN for ever, in every process',
    show: ({ Counter }, registry) => void new Counter(options(registry)).inc(Number.NaN),
    theirs: undefined,
    ours: 'threw TypeError: Value is not a valid number: NaN',
  },
  {
    title: 'a counter takes no empty string',
    because: 'the sum would become a text',
    show: ({ Counter }, registry) => void new Counter(options(registry)).inc(''),
    theirs: undefined,
    ours: 'threw TypeError: Value is not a valid number: ',
  },
  {
    title: 'dec() takes numbers only, as inc() does',
    because: 'prom-client negates the value before it looks at it',
    show: ({ Gauge }, registry) => void new Gauge(options(registry)).dec('5'),
    theirs: undefined,
    ours: 'threw TypeError: Delta is not a valid number: 5',
  },
  {
    title: "a counter's labels() looks at the labels at once",
    because: 'the other types do so in prom-client too',
    show: ({ Counter }, registry) =>
      typeof new Counter(options(registry, 'a')).labels({ b: 'x' }).inc,
    theirs: 'function',
    ours: `threw Error: Added label "b" is not included in initial labelset: [ 'a' ]`,
  },
  {
    title: 'an unknown label comes before a wrong value, for gauges as for all other types',
    because: 'one order for all types',
    show: ({ Gauge }, registry) => new Gauge(options(registry)).set({ b: 'x' }, 'y'),
    theirs: 'threw TypeError: Value is not a valid number: y',
    ours: `threw Error: Added label "b" is not included in initial labelset: []`,
  },
  {
    title: 'a string that a summary is to observe is a wrong value',
    because: 'prom-client takes its characters for labels',
    show: ({ Summary }, registry) => new Summary(options(registry)).observe('y'),
    theirs: 'threw Error: Added label "0" is not included in initial labelset: []',
    ours: 'threw TypeError: Value is not a valid number: y',
  },
  {
    title: 'a label value of undefined is an absent label',
    because: 'prom-client counts it as absent and shows it as the text "undefined"',
    show: ({ Counter }, registry) => {
      new Counter(options(registry, 'a')).inc({ a: undefined });
      return page(registry);
    },
    theirs: { 'm{a="undefined"}': 1 },
    ours: { m: 1 },
  },
  {
    title: 'label sets with commas are never taken for each other',
    because: "prom-client's key joins names and values by colons and commas",
    show: async ({ Counter }, registry) => {
      const counter = new Counter(options(registry, 'a', 'b'));
      counter.inc({ a: 'x,b:y' });
      counter.inc({ a: 'x', b: 'y' });
      return page(registry);
    },
    theirs: { 'm{a="x,b:y"}': 2 },
    ours: { 'm{a="x,b:y"}': 1, 'm{a="x",b="y"}': 1 },
  },
  {
    title: 'zero() takes known labels only',
    because: 'prom-client shows what it was given, and counts it under other labels',
    show: ({ Histogram }, registry) => new Histogram(options(registry, 'a')).zero({ b: 'x' }),
    theirs: undefined,
    ours: `threw Error: Added label "b" is not included in initial labelset: [ 'a' ]`,
  },
  {
    title: 'buckets may come in any order',
    because: "prom-client's counts are wrong then",
    show: ({ Histogram }, registry) => {
      new Histogram({ ...options(registry), buckets: [2, 1] }).observe(1.5);
      return page(registry);
    },
    theirs: {
      'm_bucket{le="1"}': 1,
      'm_bucket{le="2"}': 1,
      'm_bucket{le="+Inf"}': 1,
      m_sum: 1.5,
      m_count: 1,
    },
    ours: {
      'm_bucket{le="1"}': 0,
      'm_bucket{le="2"}': 1,
      'm_bucket{le="+Inf"}': 1,
      m_sum: 1.5,
      m_count: 1,
    },
  },
  {
    title: 'a bucket of infinity is the one that every histogram has',
    because: 'prom-client shows it a second time, as "Infinity"',
    show: async ({ Histogram }, registry) => {
      new Histogram({ ...options(registry), buckets: [1, Infinity] }).observe(5);
      return Object.keys(await page(registry));
    },
    theirs: [
      'm_bucket{le="1"}',
      'm_bucket{le="Infinity"}',
      'm_bucket{le="+Inf"}',
      'm_sum',
      'm_count',
    ],
    ours: ['m_bucket{le="1"}', 'm_bucket{le="+Inf"}', 'm_sum', 'm_count'],
  },
  {
    title: 'a bound of -1 is a bound like any other',
    because: 'prom-client counts there what is beyond all bounds',
    show: ({ Histogram }, registry) => {
      new Histogram({ ...options(registry), buckets: [-1] }).observe(5);
      return page(registry);
    },
    theirs: { 'm_bucket{le="-1"}': 1, 'm_bucket{le="+Inf"}': 1, m_sum: 5, m_count: 1 },
    ours: { 'm_bucket{le="-1"}': 0, 'm_bucket{le="+Inf"}': 1, m_sum: 5, m_count: 1 },
  },
  {
    title: "a summary's quantiles are not on the page",
    because: 'quantiles of several processes cannot be merged; get() has them',
    show: async ({ Summary }, registry) => {
      new Summary({ ...options(registry), percentiles: [0.5] }).observe(5);
      return page(registry);
    },
    theirs: { 'm{quantile="0.5"}': 5, m_sum: 5, m_count: 1 },
    ours: { m_sum: 5, m_count: 1 },
  },
  {
    title: 'a default label `le` is on no sample of a histogram',
    because: 'samples of one series would differ in their labels',
    show: async ({ Histogram }, registry) => {
      registry.setDefaultLabels({ le: 'x' });
      new Histogram({ ...options(registry), buckets: [] });
      return page(registry);
    },
    theirs: { 'm_bucket{le="+Inf"}': 0, 'm_sum{le="x"}': 0, 'm_count{le="x"}': 0 },
    ours: { 'm_bucket{le="+Inf"}': 0, m_sum: 0, m_count: 0 },
  },
  {
    title: "getMetricsAsJSON() leaves a series' own empty label alone",
    because: 'the page has it',
    show: async ({ Gauge }, registry) => {
      registry.setDefaultLabels({ a: 'x' });
      new Gauge(options(registry, 'a')).set({ a: '' }, 1);
      return (await registry.getMetricsAsJSON())[0].values[0].labels;
    },
    theirs: { a: 'x' },
    ours: { a: '' },
  },
  {
    title: 'a gauge with the aggregator "omit" is not on the page',
    because: 'the page of a registry is the merged one',
    show: async ({ Gauge }, registry) => {
      new Gauge({ ...options(registry), aggregator: 'omit' });
      return page(registry);
    },
    theirs: { m: 0 },
    ours: {},
  },
  {
    title: 'a gauge with an unknown aggregator is refused when it is made',
    because: 'prom-client throws when the cluster is scraped',
    show: ({ Gauge }, registry) => void new Gauge({ ...options(registry), aggregator: 'median' }),
    theirs: undefined,
    ours: 'threw Error: Invalid aggregator "median": it can be sum, min, max, average, first, omit',
  },
  {
    title: 'a metric that is refused for a reserved label is not registered',
    because: 'the name would be taken by half a metric',
    show: ({ Histogram }, registry) => {
      try {
        new Histogram(options(registry, 'le'));
      } catch {
        return registry.getMetricsAsArray().length;
      }
      return 'not refused';
    },
    theirs: 1,
    ours: 0,
  },
  {
    title: 'a callback that throws costs the page no more than its own update',
    because: 'a scrape must not fail for one metric',
    show: async ({ Gauge }, registry) => {
      const collect = () => {
        throw new Error('failed');
      };
      new Gauge({ ...options(registry), collect });
      return page(registry);
    },
    theirs: 'threw Error: failed',
    ours: { m: 0 },
  },
  {
    title: 'options that are undefined are not given',
    because: 'prom-client breaks on some of them and not on others',
    show: async ({ Histogram }, registry) => {
      new Histogram({ ...options(registry), labelNames: undefined, buckets: undefined });
      return Object.keys(await page(registry)).length;
    },
    theirs: 'threw TypeError: this.labelNames is not iterable',
    ours: 14,
  },
  {
    title: "a counter's name keeps its _total when an OpenMetrics page is made",
    because: 'prom-client renames the metric for good',
    show: async ({ Counter, Registry }) => {
      const type = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
      const registry = new (Registry as new (type: string) => Loose)(type);
      const counter = new Counter({ ...options(registry), name: 'm_total' });
      await registry.metrics();
      registry.clear();
      return counter.name;
    },
    theirs: 'm',
    ours: 'm_total',
  },
];
