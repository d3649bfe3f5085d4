// Metrics of other classes in a registry: any object with `get()`.

import test from 'ava';
import { Counter, Registry } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

type Loose = ConstructorParameters<typeof Counter>[0] & { get?: unknown };

const page = async (registry: Registry) => samplesByKey(await registry.metrics());

/** Registers an object that gives whatever `given.object` is by then. */
function register(registry: Registry, object: object) {
  const given = { object };
  registry.registerMetric({
    name: (object as Loose).name,
    get: async () => given.object,
  } as never);
  return given;
}

const gauge = (values: object[], more: object = {}) => ({
  name: 'm',
  help: 'Help.',
  type: 'gauge',
  aggregator: 'sum',
  values,
  ...more,
});

test('a counter and a gauge show what get() gives when the page is made', async (t) => {
  const registry = new Registry();
  const counted = register(
    registry,
    gauge([{ value: 12, labels: { code: 303 } }], { type: 'counter' }),
  );
  const level = register(registry, gauge([{ value: -1.5 }], { name: 'level' }));
  t.deepEqual(await page(registry), { 'm{code="303"}': 12, level: -1.5 });
  counted.object = gauge([{ value: 13, labels: { code: 303 } }], { type: 'counter' });
  level.object = gauge([{ value: 2, labels: {} }], { name: 'level' });
  t.deepEqual(await page(registry), { 'm{code="303"}': 13, level: 2 });
});

test('a histogram and a summary are read from the lines of their series', async (t) => {
  const registry = new Registry();
  const line = (metricName: string, value: number, labels: object) => ({
    metricName,
    value,
    labels: { a: 'x', ...labels },
  });
  const values = [
    line('h_bucket', 2, { le: 0.5 }),
    line('h_bucket', 5, { le: 1 }),
    line('h_bucket', 6, { le: '+Inf' }),
    line('h_sum', 7.5, {}),
    line('h_count', 6, {}),
  ];
  register(registry, gauge(values, { name: 'h', type: 'histogram' }));
  const summary = [
    { value: 1, labels: { quantile: 0.5 } },
    { metricName: 's_sum', value: 9, labels: {} },
    { metricName: 's_count', value: 4, labels: {} },
  ];
  register(registry, gauge(summary, { name: 's', type: 'summary' }));
  t.deepEqual(await page(registry), {
    'h_bucket{a="x",le="0.5"}': 2,
    'h_bucket{a="x",le="1"}': 5,
    'h_bucket{a="x",le="+Inf"}': 6,
    'h_sum{a="x"}': 7.5,
    'h_count{a="x"}': 6,
    s_sum: 9,
    s_count: 4,
  });
});

test('labels may come and series may go', async (t) => {
  const registry = new Registry();
  const given = register(
    registry,
    gauge([
      { value: 1, labels: { a: 'x' } },
      { value: 2, labels: { a: 'y' } },
    ]),
  );
  t.deepEqual(await page(registry), { 'm{a="x"}': 1, 'm{a="y"}': 2 });
  given.object = gauge([{ value: 3, labels: { a: 'y' } }]);
  t.deepEqual(await page(registry), { 'm{a="y"}': 3 });
  given.object = gauge([{ value: 4, labels: { a: 'y', b: 1 } }, { value: 5 }]);
  t.deepEqual(await page(registry), { 'm{a="y",b="1"}': 4, m: 5 });
});

test('it may become another metric, and its type may be unknown here', async (t) => {
  const registry = new Registry();
  const given = register(registry, gauge([{ value: 1 }], { type: 'counter' }));
  t.regex(await registry.metrics(), /# TYPE m counter\nm 1\n/);
  given.object = gauge([{ value: 2 }], { type: 'untyped', help: 'Other.' });
  t.regex(await registry.metrics(), /# HELP m Other\.\n# TYPE m gauge\nm 2\n/);
});

test('the object is what the registry gives back, with its own values as data', async (t) => {
  const registry = new Registry();
  const object = gauge([{ value: Number.NaN, labels: { a: 1 } }], { aggregator: 'max' });
  const metric = { name: 'm', get: () => object } as never;
  registry.setDefaultLabels({ d: 'e' });
  registry.registerMetric(metric);
  t.is(registry.getSingleMetric('m'), metric);
  t.deepEqual(await registry.getMetricsAsJSON(), [
    { ...object, values: [{ value: Number.NaN, labels: { a: 1, d: 'e' } }] },
  ] as never);
  t.deepEqual(await page(registry), { 'm{a="1",d="e"}': Number.NaN });
  const message = 'A metric with the name m has already been registered.';
  t.throws(() => registry.registerMetric({ name: 'm', get: () => object } as never), { message });
});

test('one that was taken off the page is not asked any more', async (t) => {
  const registry = new Registry();
  let asked = 0;
  const get = () => {
    asked++;
    return gauge([{ value: 1 }]);
  };
  registry.registerMetric({ name: 'm', get } as never);
  t.deepEqual(await page(registry), { m: 1 });
  registry.removeSingleMetric('m');
  t.deepEqual(await page(registry), {});
  t.is(asked, 1);
});

test('what has a name, or a label, that no page can show is left out, and costs nothing else', async (t) => {
  const registry = new Registry();
  register(registry, gauge([{ value: 1 }], { name: 'no name' }));
  register(registry, gauge([{ value: 1, labels: { 'no-label': 'x' } }]));
  new Counter({ name: 'fine_total', help: 'h', registers: [registry] }).inc(2);
  t.deepEqual(await page(registry), { fine_total: 2 });
});

test('one whose get() fails shows what it showed before', async (t) => {
  const registry = new Registry();
  let fails = false;
  const get = () => (fails ? Promise.reject(new Error('failed')) : gauge([{ value: 1 }]));
  registry.registerMetric({ name: 'm', get } as never);
  t.deepEqual(await page(registry), { m: 1 });
  fails = true;
  t.deepEqual(await page(registry), { m: 1 });
});
