import test from 'ava';
import { Registry, Summary, type SummaryConfiguration } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

function newSummary<T extends string = never>(
  labelNames: T[] = [],
  options: Partial<SummaryConfiguration<T>> = {},
) {
  const registry = new Registry();
  const config = { name: 's', help: 'h', labelNames, registers: [registry], ...options };
  const summary = new Summary<T>(config);
  return {
    summary,
    page: async () => samplesByKey(await registry.metrics()),
    /** Quantiles of the series without labels. */
    async quantiles() {
      const { values } = await summary.get();
      const own = values.filter(({ labels }) => 'quantile' in labels);
      return Object.fromEntries(own.map(({ labels, value }) => [`${labels.quantile}`, value]));
    },
  };
}

test('without labels it is there with zeros, with labels it is not', async (t) => {
  t.deepEqual(await newSummary().page(), { s_sum: 0, s_count: 0 });
  t.deepEqual(await newSummary(['a']).page(), {});
});

test('counts and sums what it observes', async (t) => {
  const { summary, page } = newSummary(['a']);
  summary.observe(2);
  summary.observe(0);
  summary.observe(-0.5);
  summary.observe({ a: 'x' }, 7);
  t.deepEqual(await page(), {
    s_sum: 1.5,
    s_count: 3,
    's_sum{a="x"}': 7,
    's_count{a="x"}': 1,
  });
});

test("get() gives prom-client's percentiles, sum and count", async (t) => {
  const { summary } = newSummary(['a']);
  summary.observe({ a: 'x' }, 100);
  const { values, ...rest } = await summary.get();
  t.deepEqual(rest, { name: 's', help: 'h', type: 'summary', aggregator: 'sum' });
  t.deepEqual(values, [
    ...[0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999].map((quantile) => ({
      labels: { quantile, a: 'x' },
      value: 100,
    })),
    { metricName: 's_sum', labels: { a: 'x' }, value: 100 },
    { metricName: 's_count', labels: { a: 'x' }, value: 1 },
  ]);
});

test('percentiles may be chosen, and none is a choice', async (t) => {
  const { summary, quantiles } = newSummary([], { percentiles: [0, 0.5, 1] });
  for (const value of [5, 1, 3]) summary.observe(value);
  t.deepEqual(await quantiles(), { 0: 1, 0.5: 3, 1: 5 });
  t.deepEqual(await newSummary([], { percentiles: [] }).quantiles(), {});
});

test('quantiles of nothing are zero', async (t) => {
  t.deepEqual(await newSummary([], { percentiles: [0.5] }).quantiles(), { 0.5: 0 });
});

test('compressing after every few values leaves count, sum and the extremes as they are', async (t) => {
  const { summary, page, quantiles } = newSummary([], { compressCount: 3, percentiles: [0, 1] });
  for (let i = 1; i <= 1000; i++) summary.observe(i);
  t.deepEqual(await page(), { s_sum: 500500, s_count: 1000 });
  t.deepEqual(await quantiles(), { 0: 1, 1: 1000 });
});

test('quantile is reserved', (t) => {
  const registry = new Registry();
  const config = { name: 's', help: 'h', labelNames: ['quantile'], registers: [registry] };
  t.throws(() => new Summary(config), { message: 'quantile is a reserved label keyword' });
  t.is(registry.getSingleMetric('s'), undefined);
});

for (const value of ['x', '5', true, null, undefined, Number.NaN, Infinity, -Infinity, 5n]) {
  test(`${typeof value} ${value} is no value and leaves the summary as it was`, async (t) => {
    const { summary, page } = newSummary(['a']);
    const wrong = value as never;
    const error = { instanceOf: TypeError, message: /^Value is not a valid number: / };
    t.throws(() => summary.observe(wrong), error);
    t.throws(() => summary.observe({ a: 'x' }, wrong), error);
    t.throws(() => summary.labels('x').observe(wrong), error);
    t.deepEqual(await page(), {});
  });
}

test('an unknown label throws in every method that takes labels', (t) => {
  const { summary } = newSummary(['a']);
  const wrong = { b: 'x' } as never;
  const message = `Added label "b" is not included in initial labelset: [ 'a' ]`;
  t.throws(() => summary.observe(wrong, 1), { message });
  t.throws(() => summary.startTimer(wrong)(), { message });
  t.throws(() => summary.startTimer()(wrong), { message });
  t.throws(() => summary.labels({ a: 'x' }).startTimer()(wrong), { message });
  t.throws(() => summary.remove(wrong), { message });
});

test('a timer observes, and returns, the seconds, and labels may come at its begin and at its end', async (t) => {
  const { summary, page } = newSummary(['a', 'b']);
  const begin = { a: 'x' };
  const durations = [
    summary.startTimer()(),
    summary.startTimer(begin)(),
    summary.startTimer({ a: 'y', b: 'q' })({ b: 'z' }),
    summary.labels({ a: 'w' }).startTimer()(),
    summary.labels({ a: 'v' }).startTimer()({ b: 'z' }),
  ];
  const samples = await page();
  t.is(samples.s_sum, durations[0]);
  t.is(samples['s_sum{a="x"}'], durations[1]);
  t.is(samples['s_sum{a="y",b="z"}'], durations[2]);
  t.is(samples['s_sum{a="w"}'], durations[3]);
  t.is(samples['s_sum{a="v",b="z"}'], durations[4]);
  t.deepEqual(begin, { a: 'x' });
});

test('reset sets every series to zero and leaves it on the page', async (t) => {
  const { summary, page, quantiles } = newSummary(['a'], { percentiles: [0.5] });
  summary.observe({ a: 'x' }, 5);
  summary.reset();
  t.deepEqual(await page(), { 's_sum{a="x"}': 0, 's_count{a="x"}': 0 });
  t.deepEqual(await quantiles(), { 0.5: 0 });
  summary.observe({ a: 'x' }, 7);
  t.deepEqual(await page(), { 's_sum{a="x"}': 7, 's_count{a="x"}': 1 });
  t.deepEqual(await quantiles(), { 0.5: 7 });
});

test('a series that was removed begins again without its values', async (t) => {
  const { summary, page, quantiles } = newSummary(['a'], { percentiles: [0.5] });
  const child = summary.labels('x');
  child.observe(5);
  summary.remove({ a: 'x' });
  t.deepEqual(await page(), {});
  child.observe(7);
  t.deepEqual(await page(), { 's_sum{a="x"}': 7, 's_count{a="x"}': 1 });
  t.deepEqual(await quantiles(), { 0.5: 7 });
});
