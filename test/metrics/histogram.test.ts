import test from 'ava';
import { Histogram, Registry } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

function newHistogram<T extends string = never>(labelNames: T[] = [], buckets = [1, 5]) {
  const registry = new Registry();
  const config = { name: 'h', help: 'help', labelNames, buckets, registers: [registry] };
  const histogram = new Histogram<T>(config);
  return { histogram, page: async () => samplesByKey(await registry.metrics()) };
}

test('without labels it is there with zeros, with labels it is not', async (t) => {
  t.deepEqual(await newHistogram().page(), {
    'h_bucket{le="1"}': 0,
    'h_bucket{le="5"}': 0,
    'h_bucket{le="+Inf"}': 0,
    h_sum: 0,
    h_count: 0,
  });
  t.deepEqual(await newHistogram(['a']).page(), {});
});

test('counts cumulatively, a bound in its own bucket, what is beyond all in +Inf alone', async (t) => {
  const { histogram, page } = newHistogram();
  for (const value of [0, -3, 1, 1.5, 5, 5.5, 100]) histogram.observe(value);
  t.deepEqual(await page(), {
    'h_bucket{le="1"}': 3,
    'h_bucket{le="5"}': 5,
    'h_bucket{le="+Inf"}': 7,
    h_sum: 110,
    h_count: 7,
  });
});

test("has prom-client's buckets where none are given", async (t) => {
  const histogram = new Histogram({ name: 'h', help: 'help', registers: [] });
  const { values } = await histogram.get();
  t.deepEqual(
    values.filter(({ labels }) => 'le' in labels).map(({ labels }) => labels.le),
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, '+Inf'],
  );
});

test('may have no bounds at all', async (t) => {
  const { histogram, page } = newHistogram([], []);
  histogram.observe(5);
  t.deepEqual(await page(), { 'h_bucket{le="+Inf"}': 1, h_sum: 5, h_count: 1 });
});

test('bounds in any order, twice, or infinite make the same histogram', async (t) => {
  const { histogram, page } = newHistogram([], [5, 1, 5, Number.POSITIVE_INFINITY, 1]);
  histogram.observe(3);
  t.deepEqual(histogram.buckets, [1, 5]);
  t.deepEqual(await page(), {
    'h_bucket{le="1"}': 0,
    'h_bucket{le="5"}': 1,
    'h_bucket{le="+Inf"}': 1,
    h_sum: 3,
    h_count: 1,
  });
});

test('the list of buckets that was given stays as it was', (t) => {
  const buckets = [5, 1];
  newHistogram([], buckets);
  t.deepEqual(buckets, [5, 1]);
});

test('a bound that is no number throws', (t) => {
  for (const bound of [Number.NaN, 'x', null, Number.NEGATIVE_INFINITY]) {
    t.throws(() => newHistogram([], [1, bound as number]), {
      instanceOf: TypeError,
      message: `Bucket is not a valid number: ${bound}`,
    });
  }
});

test('le is reserved', (t) => {
  const registry = new Registry();
  const config = { name: 'h', help: 'help', labelNames: ['le'], registers: [registry] };
  t.throws(() => new Histogram(config), {
    instanceOf: Error,
    message: 'le is a reserved label keyword',
  });
  t.is(registry.getSingleMetric('h'), undefined);
});

for (const value of ['x', '5', true, null, undefined, Number.NaN, Infinity, -Infinity, 5n]) {
  test(`${typeof value} ${value} is no value and leaves the histogram as it was`, async (t) => {
    const { histogram, page } = newHistogram(['a']);
    const wrong = value as never;
    const error = { instanceOf: TypeError, message: /^Value is not a valid number: / };
    t.throws(() => histogram.observe(wrong), error);
    t.throws(() => histogram.observe({ a: 'x' }, wrong), error);
    t.throws(() => histogram.labels('x').observe(wrong), error);
    t.deepEqual(await page(), {});
  });
}

test('an unknown label throws in every method that takes labels', (t) => {
  const { histogram } = newHistogram(['a']);
  const wrong = { b: 'x' } as never;
  const message = `Added label "b" is not included in initial labelset: [ 'a' ]`;
  t.throws(() => histogram.observe(wrong, 1), { message });
  t.throws(() => histogram.zero(wrong), { message });
  t.throws(() => histogram.startTimer(wrong)(), { message });
  t.throws(() => histogram.startTimer()(wrong), { message });
  t.throws(() => histogram.labels({ a: 'x' }).startTimer()(wrong), { message });
  t.throws(() => histogram.remove(wrong), { message });
});

test('zero shows a series with zeros, and sets it to zero where it was there', async (t) => {
  const { histogram, page } = newHistogram(['a'], [1]);
  const zeros = {
    'h_bucket{a="x",le="1"}': 0,
    'h_bucket{a="x",le="+Inf"}': 0,
    'h_sum{a="x"}': 0,
    'h_count{a="x"}': 0,
  };
  histogram.zero({ a: 'x' });
  t.deepEqual(await page(), zeros);
  histogram.observe({ a: 'x' }, 0.5);
  histogram.zero({ a: 'x' });
  t.deepEqual(await page(), zeros);
});

test('reset takes all series off the page, also that without labels', async (t) => {
  const { histogram, page } = newHistogram(['a'], [1]);
  histogram.observe(0.5);
  histogram.observe({ a: 'x' }, 0.5);
  histogram.reset();
  t.deepEqual(await page(), {});
  histogram.observe({ a: 'x' }, 2);
  t.deepEqual(await page(), {
    'h_bucket{a="x",le="1"}': 0,
    'h_bucket{a="x",le="+Inf"}': 1,
    'h_sum{a="x"}': 2,
    'h_count{a="x"}': 1,
  });
});

test('remove takes one series off the page, given by name or in order', async (t) => {
  const { histogram, page } = newHistogram(['a', 'b'], []);
  for (const a of ['1', '2', '3']) histogram.observe({ a, b: 'x' }, 7);
  histogram.remove({ b: 'x', a: '1' });
  histogram.remove('2', 'x');
  t.deepEqual(await page(), {
    'h_bucket{a="3",b="x",le="+Inf"}': 1,
    'h_sum{a="3",b="x"}': 7,
    'h_count{a="3",b="x"}': 1,
  });
});

test('a timer observes, and returns, the seconds, and labels may come at its begin and at its end', async (t) => {
  const { histogram, page } = newHistogram(['a', 'b'], []);
  const begin = { a: 'x' };
  const durations = [
    histogram.startTimer()(),
    histogram.startTimer(begin)(),
    histogram.startTimer({ a: 'y', b: 'q' })({ b: 'z' }),
    histogram.labels({ a: 'w' }).startTimer()(),
    histogram.labels({ a: 'v' }).startTimer()({ b: 'z' }),
  ];
  const { h_sum, ...samples } = await page();
  t.is(h_sum, durations[0]);
  t.is(samples['h_sum{a="x"}'], durations[1]);
  t.is(samples['h_sum{a="y",b="z"}'], durations[2]);
  t.is(samples['h_sum{a="w"}'], durations[3]);
  t.is(samples['h_sum{a="v",b="z"}'], durations[4]);
  t.deepEqual(begin, { a: 'x' });
});

test('get() gives cumulative buckets, sum and count of each series in the order in which they came', async (t) => {
  const { histogram } = newHistogram(['a'], [1]);
  histogram.observe({ a: 'z' }, 0.5);
  histogram.observe({ a: 'z' }, 2);
  const value = (name: string, labels: object, number: number, exemplar?: null) => ({
    metricName: `h_${name}`,
    labels: { ...labels, a: 'z' },
    value: number,
    exemplar,
  });
  t.deepEqual(await histogram.get(), {
    name: 'h',
    help: 'help',
    type: 'histogram',
    aggregator: 'sum',
    values: [
      value('bucket', { le: 1 }, 1, null),
      value('bucket', { le: '+Inf' }, 2, null),
      value('sum', {}, 2.5),
      value('count', {}, 2),
    ],
  });
});
