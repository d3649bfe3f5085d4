// Callbacks that bring a metric up to date before its values are shown.

import { mock } from 'node:test';
import test, { type ExecutionContext } from 'ava';
import { Counter, collect, Gauge, Registry } from '../../src/index.js';
import { COLLECT_CALLBACK_TIMEOUT_MS } from '../../src/limits.js';
import { type AnyMetric, METRIC_TYPES, makeMetric } from '../helpers/metric-classes.js';
import { samplesByKey } from '../helpers/page-samples.js';

/** A registry that is empty when the test ends: `collect()` of other tests runs all callbacks. */
function newRegistry(t: ExecutionContext): Registry {
  const registry = new Registry();
  t.teardown(() => registry.clear());
  return registry;
}

const warnings: string[] = [];
process.on('warning', ({ name, message }) => {
  if (name === 'PromMultiprocWarning') warnings.push(message);
});

const page = async (registry: Registry) => samplesByKey(await registry.metrics());

function gauge(registry: Registry, name: string, run: (gauge: Gauge) => unknown): Gauge {
  return new Gauge({
    name,
    help: 'h',
    registers: [registry],
    collect() {
      return run(this) as Promise<void>;
    },
  });
}

for (const type of METRIC_TYPES) {
  test.serial(
    `${type}: runs before the page and before get(), with the metric as this`,
    async (t) => {
      const registry = newRegistry(t);
      const seen = new Set<unknown>();
      let runs = 0;
      const metric: AnyMetric = makeMetric(type, {
        registers: [registry],
        collect() {
          seen.add(this);
          runs++;
          metric.update({}, 2);
        },
      });
      const name = type === 'counter' || type === 'gauge' ? 'm' : 'm_sum';
      t.is((await page(registry))[name], 2);
      t.is((await page(registry))[name], 4);
      t.deepEqual(await metric.values(), { '{}': 6 });
      await registry.getMetricsAsJSON();
      await registry.getSingleMetricAsString('m');
      t.is(runs, 5);
      t.deepEqual([...seen], [metric.metric]);
    },
  );
}

test('may be asynchronous', async (t) => {
  const registry = newRegistry(t);
  const one = gauge(registry, 'g', async (self) => {
    await new Promise(setImmediate);
    self.set(7);
  });
  t.deepEqual(await page(registry), { g: 7 });
  t.is((await one.get()).values[0]?.value, 7);
});

test('run all at once', async (t) => {
  const registry = newRegistry(t);
  let waiting = 0;
  let allWait = () => {};
  const all = new Promise<void>((resolve) => {
    allWait = resolve;
  });
  for (const name of ['a', 'b', 'c']) {
    gauge(registry, name, async (self) => {
      if (++waiting === 3) allWait();
      await all;
      self.set(1);
    });
  }
  t.deepEqual(await page(registry), { a: 1, b: 1, c: 1 });
});

test('may be set later, and may be a method of a subclass', async (t) => {
  const registry = newRegistry(t);
  class Answer extends Gauge {}
  const collect = function (this: Gauge) {
    this.set(42);
  };
  Object.defineProperty(Answer.prototype, 'collect', { value: collect });
  new Answer({ name: 'subclass', help: 'h', registers: [registry] });
  const later = new Gauge({ name: 'later', help: 'h', registers: [registry] });
  later.collect = () => later.set(43);
  t.deepEqual(await page(registry), { subclass: 42, later: 43 });
});

test('may update other metrics of the same page', async (t) => {
  const registry = newRegistry(t);
  const other = new Gauge({ name: 'a', help: 'h', registers: [registry] });
  gauge(registry, 'b', () => other.set(5));
  t.deepEqual(await page(registry), { a: 5, b: 0 });
});

test('of metrics on other pages do not run', async (t) => {
  const [one, two] = [newRegistry(t), newRegistry(t)];
  const ran: string[] = [];
  gauge(one, 'on_one', () => ran.push('one'));
  gauge(two, 'on_two', () => ran.push('two'));
  await page(one);
  t.deepEqual(ran, ['one']);
});

test('of a metric of the same name in another registry do not run', async (t) => {
  const [one, two] = [newRegistry(t), newRegistry(t)];
  const ran: string[] = [];
  gauge(one, 'twice', () => ran.push('one'));
  gauge(two, 'twice', () => ran.push('two'));
  await page(one);
  t.deepEqual(ran, ['one']);
});

test('of metrics that no registry shows run for get() alone', async (t) => {
  const registry = newRegistry(t);
  const ran: string[] = [];
  const removed = gauge(registry, 'removed', () => ran.push('removed'));
  registry.removeSingleMetric('removed');
  await page(registry);
  await collect();
  t.deepEqual(ran, []);
  await removed.get();
  t.deepEqual(ran, ['removed']);
});

for (const [how, fail] of [
  [
    'throws',
    () => {
      throw new Error('out of order');
    },
  ],
  ['rejects', () => Promise.reject(new Error('out of order'))],
] as const) {
  test.serial(
    `one that ${how} costs its metric the update, is reported, and costs nothing else`,
    async (t) => {
      const registry = newRegistry(t);
      const broken = gauge(registry, `${how}_a`, fail);
      broken.set(3);
      gauge(registry, `${how}_b`, (self) => self.set(5));
      const before = await failures();
      t.deepEqual(await page(registry), { [`${how}_a`]: 3, [`${how}_b`]: 5 });
      t.is((await failures()) - before, 1);
      await t.throwsAsync(broken.get(), { message: 'out of order' });
      const json = await registry.getMetricsAsJSON();
      t.deepEqual(
        json.map(({ name, values }) => [name, values[0]?.value]),
        [
          [`${how}_a`, 3],
          [`${how}_b`, 5],
        ],
      );
    },
  );
}

test.serial(
  'one that does not end holds the page up for a few seconds, then costs its update',
  async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.teardown(() => mock.timers.reset());
    const registry = newRegistry(t);
    const hanging = gauge(registry, 'hanging', () => new Promise(() => {}));
    hanging.set(3);
    gauge(registry, 'quick', (self) => self.set(5));
    const before = await failures();
    let made = false;
    const pending = page(registry).then((samples) => {
      made = true;
      return samples;
    });
    mock.timers.tick(COLLECT_CALLBACK_TIMEOUT_MS - 1);
    await new Promise(setImmediate);
    t.false(made);
    mock.timers.tick(1);
    t.deepEqual(await pending, { hanging: 3, quick: 5 });
    t.is((await failures()) - before, 1);
  },
);

test.serial('the first failure is warned of, and no other', (t) => {
  t.deepEqual(warnings, ['The collect callback of throws_a failed: out of order.']);
});

/** Failed callbacks that the library's own metric has counted. */
async function failures(): Promise<number> {
  const samples = samplesByKey(await collect({ names: ['prom_multiproc_errors_total'] }));
  return samples['prom_multiproc_errors_total{reason="collect_callback"}'] ?? 0;
}

test('what is no function throws when the metric is made', (t) => {
  const message = 'Optional "collect" parameter must be a function';
  for (const wrong of ['x', 1, {}, true]) {
    const config = { name: 'c', help: 'h', registers: [], collect: wrong as never };
    t.throws(() => new Counter(config), { instanceOf: Error, message });
  }
});

test.serial('what is falsy is no callback', async (t) => {
  const registry = newRegistry(t);
  for (const [i, none] of [undefined, null, false, 0, ''].entries()) {
    new Counter({ name: `c${i}`, help: 'h', registers: [registry], collect: none as never });
  }
  const before = await failures();
  t.is(Object.keys(await page(registry)).length, 5);
  t.is(await failures(), before);
});
