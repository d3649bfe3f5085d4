// Labels that a registry adds to every series it shows.

import test from 'ava';
import { Counter, Gauge, Histogram, Registry, Summary } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

const page = async (registry: Registry) => samplesByKey(await registry.metrics());

function gauge(...registers: Registry[]): Gauge {
  const one = new Gauge({ name: 'g', help: 'h', labelNames: ['a'], registers });
  one.set(1);
  one.set({ a: 'x' }, 2);
  return one;
}

test('are on every sample, of metrics made before and after', async (t) => {
  const registry = new Registry();
  const config = { help: 'h', registers: [registry] };
  new Counter({ ...config, name: 'c' });
  new Histogram({ ...config, name: 'h', buckets: [1] });
  registry.setDefaultLabels({ d: 'x', n: 5 });
  new Summary({ ...config, name: 's' });
  t.deepEqual(await page(registry), {
    'c{d="x",n="5"}': 0,
    'h_bucket{d="x",le="1",n="5"}': 0,
    'h_bucket{d="x",le="+Inf",n="5"}': 0,
    'h_sum{d="x",n="5"}': 0,
    'h_count{d="x",n="5"}': 0,
    's_sum{d="x",n="5"}': 0,
    's_count{d="x",n="5"}': 0,
  });
});

test('of a name that no label can have are refused, and those before them stay', async (t) => {
  const registry = new Registry();
  gauge(registry);
  registry.setDefaultLabels({ d: 'y' });
  for (const name of ['', 'a-b', '1a', 'a b', 'ä', 'a\n', 'a"']) {
    t.throws(() => registry.setDefaultLabels({ ok: 1, [name]: 1 }), {
      message: 'Invalid label name',
    });
  }
  t.deepEqual(await page(registry), { 'g{d="y"}': 1, 'g{a="x",d="y"}': 2 });
});

test('give way to labels that a series has itself', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ a: 'default', d: 'y' });
  gauge(registry);
  t.deepEqual(await page(registry), { 'g{a="default",d="y"}': 1, 'g{a="x",d="y"}': 2 });
});

test('can be changed, and taken away', async (t) => {
  const registry = new Registry();
  gauge(registry);
  for (const d of ['one', 'two']) {
    registry.setDefaultLabels({ d });
    t.deepEqual(await page(registry), { [`g{d="${d}"}`]: 1, [`g{a="x",d="${d}"}`]: 2 });
  }
  registry.setDefaultLabels({});
  t.deepEqual(await page(registry), { g: 1, 'g{a="x"}': 2 });
});

test('are forgotten by clear', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ d: 'y' });
  const one = gauge(registry);
  registry.clear();
  registry.registerMetric(one);
  t.deepEqual(await page(registry), { g: 1, 'g{a="x"}': 2 });
});

test('belong to the registry: a metric in two shows on each page those of that registry', async (t) => {
  const [one, two, three] = [new Registry(), new Registry(), new Registry()];
  one.setDefaultLabels({ d: 'one' });
  gauge(one, two, three);
  two.setDefaultLabels({ d: 'two', e: 'z' });
  t.deepEqual(await page(one), { 'g{d="one"}': 1, 'g{a="x",d="one"}': 2 });
  t.deepEqual(await page(two), { 'g{d="two",e="z"}': 1, 'g{a="x",d="two",e="z"}': 2 });
  t.deepEqual(await page(three), { g: 1, 'g{a="x"}': 2 });
});

test('do not come along into a merged registry, which may have its own', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ d: 'y' });
  gauge(registry);
  const merged = Registry.merge([registry, new Registry()]);
  t.deepEqual(await page(merged), { g: 1, 'g{a="x"}': 2 });
  merged.setDefaultLabels({ d: 'merged' });
  t.deepEqual(await page(merged), { 'g{d="merged"}': 1, 'g{a="x",d="merged"}': 2 });
  t.deepEqual(await page(registry), { 'g{d="y"}': 1, 'g{a="x",d="y"}': 2 });
});

test('are on a single metric too', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ d: 'y' });
  gauge(registry);
  t.deepEqual(samplesByKey(await registry.getSingleMetricAsString('g')), {
    'g{d="y"}': 1,
    'g{a="x",d="y"}': 2,
  });
});

test('are in getMetricsAsJSON, and not in get()', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ a: 'default', d: 'y' });
  const one = gauge(registry);
  const [json] = await registry.getMetricsAsJSON();
  t.deepEqual(
    json?.values.map(({ labels }: { labels: object }) => labels),
    [
      { a: 'default', d: 'y' },
      { a: 'x', d: 'y' },
    ],
  );
  t.deepEqual(
    (await one.get()).values.map(({ labels }) => labels),
    [{}, { a: 'x' }],
  );
});

test('called le are on no sample of a histogram', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ le: 'x' });
  const histogram = { name: 'h', help: 'h', buckets: [1], registers: [registry] };
  new Histogram(histogram);
  t.deepEqual(await page(registry), {
    'h_bucket{le="1"}': 0,
    'h_bucket{le="+Inf"}': 0,
    h_sum: 0,
    h_count: 0,
  });
});

test('that make two series one make them one sample', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ a: 'x' });
  const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: [registry] });
  counter.inc(1);
  counter.inc({ a: 'x' }, 2);
  t.deepEqual(await page(registry), { 'c{a="x"}': 3 });
});
