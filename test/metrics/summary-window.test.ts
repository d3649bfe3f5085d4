// A summary whose quantiles look at the last seconds only. `Date.now` is the test's.

import test from 'ava';
import { Registry, Summary } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

const realNow = Date.now;
let nowMs = 1_700_000_000_000;

test.before(() => {
  Date.now = () => nowMs;
});
test.after.always(() => {
  Date.now = realNow;
});

function newSummary(pruneAgedBuckets: boolean) {
  const registry = new Registry();
  const summary = new Summary({
    name: 's',
    help: 'h',
    labelNames: ['a'],
    percentiles: [0.5],
    maxAgeSeconds: 10,
    ageBuckets: 5,
    pruneAgedBuckets,
    registers: [registry],
  });
  return { summary, page: async () => samplesByKey(await registry.metrics()) };
}

test.serial('quantiles become zero when the window is empty, count and sum stay', async (t) => {
  const { summary, page } = newSummary(false);
  summary.observe({ a: 'x' }, 7);
  nowMs += 10_001;
  const { values } = await summary.get();
  t.deepEqual(
    values.map(({ value }) => value),
    [0, 7, 1],
  );
  t.deepEqual(await page(), { 's_sum{a="x"}': 7, 's_count{a="x"}': 1 });
});

test.serial('with pruneAgedBuckets a series with an empty window leaves get()', async (t) => {
  const { summary } = newSummary(true);
  summary.observe({ a: 'x' }, 7);
  nowMs += 6000;
  summary.observe({ a: 'y' }, 8);
  t.is((await summary.get()).values.length, 6);
  nowMs += 4001;
  t.deepEqual(
    (await summary.get()).values.map(({ labels }) => labels.a),
    ['y', 'y', 'y'],
  );
  nowMs += 10_000;
  t.deepEqual((await summary.get()).values, []);
});

test.serial('with pruneAgedBuckets a series with an empty window leaves the page', async (t) => {
  const { summary, page } = newSummary(true);
  const child = summary.labels('x');
  child.observe(7);
  t.deepEqual(await page(), { 's_sum{a="x"}': 7, 's_count{a="x"}': 1 });
  nowMs += 10_001;
  t.deepEqual(await page(), {});
  child.observe(2);
  t.deepEqual(await page(), { 's_sum{a="x"}': 2, 's_count{a="x"}': 1 });
});
