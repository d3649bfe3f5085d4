import test from 'ava';
import {
  Counter,
  Gauge,
  Histogram,
  openMetricsContentType,
  Registry,
  type RegistryContentType,
  register,
  Summary,
} from '../../src/index.js';
import { METRIC_TYPES, makeMetric } from '../helpers/metric-classes.js';
import { parsePage, samplesByKey } from '../helpers/page-samples.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function gauge(name: string, value: number, ...registers: Registry[]): Gauge {
  const one = new Gauge({ name, help: `Help of ${name}.`, registers });
  one.set(value);
  return one;
}

const page = async (registry: Registry) => samplesByKey(await registry.metrics());

test('the page has help, type and samples of every metric', async (t) => {
  const registry = new Registry();
  const config = { help: 'Help.', labelNames: ['a'], registers: [registry] };
  new Counter({ ...config, name: 'c_total' }).inc({ a: 'x' }, 2);
  new Gauge({ ...config, name: 'g' }).set({ a: 'x' }, 3);
  new Histogram({ ...config, name: 'h', buckets: [1] }).observe({ a: 'x' }, 4);
  new Summary({ ...config, name: 's' }).observe({ a: 'x' }, 5);
  new Gauge({ ...config, name: 'unused' });
  const expected = [
    '# HELP c_total Help.',
    '# TYPE c_total counter',
    'c_total{a="x"} 2',
    '# HELP g Help.',
    '# TYPE g gauge',
    'g{a="x"} 3',
    '# HELP h Help.',
    '# TYPE h histogram',
    'h_bucket{a="x",le="1"} 0',
    'h_bucket{a="x",le="+Inf"} 1',
    'h_sum{a="x"} 4',
    'h_count{a="x"} 1',
    '# HELP s Help.',
    '# TYPE s summary',
    's_sum{a="x"} 5',
    's_count{a="x"} 1',
    '# HELP unused Help.',
    '# TYPE unused gauge',
  ];
  t.is(await registry.metrics(), `${expected.join('\n')}\n`);
});

test('an empty registry has an empty page', async (t) => {
  t.is((await new Registry().metrics()).trim(), '');
});

test('help and label values are escaped', async (t) => {
  const registry = new Registry();
  const help = 'back\\slash, "quotes", new\nline';
  new Gauge({ name: 'g', help, labelNames: ['a'], registers: [registry] }).set({ a: help }, 1);
  const lines = (await registry.metrics()).split('\n');
  t.is(lines[0], '# HELP g back\\\\slash, "quotes", new\\nline');
  t.is(lines[2], 'g{a="back\\\\slash, \\"quotes\\", new\\nline"} 1');
});

test('an OpenMetrics registry makes OpenMetrics pages', async (t) => {
  const registry = new Registry(OPENMETRICS);
  const counter = new Counter({ name: 'c_total', help: 'Help.', registers: [registry] });
  counter.inc(2);
  t.is(registry.contentType, OPENMETRICS);
  const expected = '# HELP c Help.\n# TYPE c counter\nc_total 2\n';
  t.is(await registry.metrics(), `${expected}# EOF\n`);
  t.is(await registry.getSingleMetricAsString('c_total'), expected.trimEnd());
  t.is(counter.name, 'c_total');
});

test('the content type is the text format, can be changed, and no other one exists', async (t) => {
  const registry = new Registry<RegistryContentType>();
  t.is(Registry.PROMETHEUS_CONTENT_TYPE, TEXT);
  t.is(Registry.OPENMETRICS_CONTENT_TYPE, OPENMETRICS);
  t.is(openMetricsContentType, OPENMETRICS);
  t.is(registry.contentType, TEXT);
  registry.setContentType(OPENMETRICS);
  t.is(registry.contentType, OPENMETRICS);
  t.true((await registry.metrics()).endsWith('# EOF\n'));
  const message = 'Content type application/json is unsupported';
  const wrong = 'application/json' as never;
  t.throws(() => registry.setContentType(wrong), { instanceOf: Error, message });
  t.is(registry.contentType, OPENMETRICS);
  t.throws(() => new Registry(wrong), { instanceOf: TypeError, message });
});

for (const type of METRIC_TYPES) {
  const make = (config: object) => () => makeMetric(type, config as never);

  test(`${type}: a name that the registry has already throws, whatever the type`, (t) => {
    const registers = [new Registry()];
    make({ registers })();
    const message = 'A metric with the name m has already been registered.';
    for (const other of METRIC_TYPES) {
      t.throws(() => makeMetric(other, { registers }), { instanceOf: Error, message });
    }
  });

  test(`${type}: what is no proper configuration throws prom-client's errors`, (t) => {
    const registers = [new Registry()];
    const throws = (config: object, message: string) =>
      t.throws(make({ registers, ...config }), { instanceOf: Error, message });
    throws({ help: undefined }, 'Missing mandatory help parameter');
    throws({ help: '' }, 'Missing mandatory help parameter');
    throws({ name: undefined }, 'Missing mandatory name parameter');
    throws({ name: undefined, help: undefined }, 'Missing mandatory help parameter');
    for (const name of ['9m', 'm-n', 'm n', 'ü', 'm\n', 5]) throws({ name }, 'Invalid metric name');
    for (const name of ['9a', 'a-b', 'a:b', '', 'a\n', 5]) {
      throws({ labelNames: ['a', name] }, 'Invalid label name');
    }
    throws({ collect: 'x' }, 'Optional "collect" parameter must be a function');
    t.deepEqual(registers[0]?.getMetricsAsArray(), []);
  });

  test(`${type}: a constructor without an object throws`, (t) => {
    const classes = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };
    const construct = classes[type] as new (config: unknown) => unknown;
    for (const config of [undefined, null, 'm', 5, () => {}]) {
      t.throws(() => new construct(config), {
        instanceOf: TypeError,
        message: 'constructor expected a config object',
      });
    }
  });

  test(`${type}: label names that are given twice are one label`, async (t) => {
    const registry = new Registry();
    const { update, values } = makeMetric(type, { labelNames: ['a', 'a'], registers: [registry] });
    update({ a: 'x' }, 2);
    t.deepEqual(await values(), { '{"a":"x"}': 2 });
    t.notThrows(async () => parsePage(await registry.metrics()));
  });

  test(`${type}: without a registry it counts and is on no page`, async (t) => {
    const { update, values } = makeMetric(type, { name: 'nowhere', registers: [] });
    update({}, 2);
    t.is(Object.values(await values()).at(0) ?? 2, 2);
    t.is(register.getSingleMetric('nowhere'), undefined);
  });
}

test('without a list of registries a metric is in the default one', async (t) => {
  const config = { name: 'in_default', help: 'h' };
  const counter = new Counter({ ...config, registers: undefined });
  t.teardown(() => register.removeSingleMetric('in_default'));
  t.is(register.getSingleMetric('in_default'), counter);
  t.throws(() => new Gauge(config), { message: /already been registered/ });
  t.is((await page(register)).in_default, 0);
});

test('a metric may be in several registries', async (t) => {
  const [one, two] = [new Registry(), new Registry()];
  gauge('g', 5, one, two);
  t.deepEqual(await page(one), { g: 5 });
  t.deepEqual(await page(two), { g: 5 });
  one.removeSingleMetric('g');
  t.deepEqual(await page(one), {});
  t.deepEqual(await page(two), { g: 5 });
});

test('two registries may have metrics of one name, and each page shows its own', async (t) => {
  const [one, two, three] = [new Registry(), new Registry(), new Registry()];
  gauge('same', 1, one);
  gauge('same', 2, two);
  new Counter({ name: 'same', help: 'h', labelNames: ['a'], registers: [three] }).inc({ a: 'x' });
  t.deepEqual(await page(one), { same: 1 });
  t.deepEqual(await page(two), { same: 2 });
  t.deepEqual(await page(three), { 'same{a="x"}': 1 });
  one.clear();
  t.deepEqual(await page(one), {});
  t.deepEqual(await page(two), { same: 2 });
});

test('metrics are found by name, and listed in the order in which they came', (t) => {
  const registry = new Registry();
  const [b, a] = [gauge('b', 1, registry), gauge('a', 2, registry)];
  t.is(registry.getSingleMetric('a'), a);
  t.is(registry.getSingleMetric('c'), undefined);
  t.deepEqual(registry.getMetricsAsArray(), [b, a]);
});

test('a metric that was taken out is gone from the page, and its name is free', async (t) => {
  const registry = new Registry();
  const first = gauge('g', 1, registry);
  registry.removeSingleMetric('g');
  registry.removeSingleMetric('never there');
  t.is(registry.getSingleMetric('g'), undefined);
  t.deepEqual(await page(registry), {});
  gauge('g', 2, registry);
  first.set(3);
  t.deepEqual(await page(registry), { g: 2 });
});

test('a metric can be put back, and once more is no error', async (t) => {
  const registry = new Registry();
  const one = gauge('g', 1, registry);
  registry.registerMetric(one);
  registry.removeSingleMetric('g');
  registry.registerMetric(one);
  registry.registerMetric(one);
  t.deepEqual(await page(registry), { g: 1 });
  registry.removeSingleMetric('g');
  t.deepEqual(await page(registry), {});
  gauge('g', 2, registry);
  t.throws(() => registry.registerMetric(one), {
    message: 'A metric with the name g has already been registered.',
  });
});

test('clear takes all metrics out', async (t) => {
  const registry = new Registry();
  gauge('a', 1, registry);
  gauge('b', 2, registry);
  registry.clear();
  t.deepEqual(registry.getMetricsAsArray(), []);
  t.deepEqual(await page(registry), {});
  gauge('a', 3, registry);
  t.deepEqual(await page(registry), { a: 3 });
});

test('resetMetrics resets every metric', async (t) => {
  const registry = new Registry();
  const config = { help: 'h', registers: [registry] };
  new Counter({ ...config, name: 'c' }).inc(5);
  gauge('g', 5, registry);
  new Histogram({ ...config, name: 'h', buckets: [] }).observe(5);
  new Summary({ ...config, name: 's' }).observe(5);
  registry.resetMetrics();
  t.deepEqual(await page(registry), { c: 0, g: 0, s_sum: 0, s_count: 0 });
});

test('one metric can be rendered alone', async (t) => {
  const registry = new Registry();
  gauge('a', 1, registry);
  gauge('b', 2, registry);
  t.is(await registry.getSingleMetricAsString('b'), '# HELP b Help of b.\n# TYPE b gauge\nb 2');
  await t.throwsAsync(registry.getSingleMetricAsString('c'), { message: /c/ });
});

test('getMetricsAsJSON gives what get() gives of every metric', async (t) => {
  const registry = new Registry();
  const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: [registry] });
  counter.inc({ a: 5 });
  const one = gauge('g', 2, registry);
  t.deepEqual(await registry.getMetricsAsJSON(), [await counter.get(), await one.get()]);
});

test('a merged registry shows the metrics of all, as they are at each page', async (t) => {
  const [one, two] = [new Registry(), new Registry()];
  gauge('a', 1, one);
  const b = gauge('b', 2, two);
  const merged = Registry.merge([one, two]);
  b.set(3);
  t.deepEqual(await page(merged), { a: 1, b: 3 });
  t.deepEqual(await page(one), { a: 1 });
});

test('registries that clash in a name or a content type cannot be merged', (t) => {
  const [one, two] = [new Registry(), new Registry()];
  gauge('a', 1, one);
  gauge('a', 2, two);
  t.throws(() => Registry.merge([one, two]), {
    message: 'A metric with the name a has already been registered.',
  });
  t.throws(() => Registry.merge([one, new Registry(OPENMETRICS)]), {
    message: 'Registers can only be merged if they have the same content type',
  });
  t.is(Registry.merge([new Registry(OPENMETRICS)]).contentType, OPENMETRICS);
});
