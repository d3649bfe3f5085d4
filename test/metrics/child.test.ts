// Bound children: one series each, valid for as long as their metric, whatever happens to
// the series meanwhile.

import test from 'ava';
import { Counter, Gauge, Histogram, Registry, Summary } from '../../src/index.js';
import { METRIC_TYPES, makeMetric } from '../helpers/metric-classes.js';
import { samplesByKey } from '../helpers/page-samples.js';

for (const type of METRIC_TYPES) {
  const labelled = () => {
    const registry = new Registry();
    return { registry, ...makeMetric(type, { labelNames: ['a', 'b'], registers: [registry] }) };
  };

  test(`${type}: a child updates the series that its labels name`, async (t) => {
    const { update, bind, values } = labelled();
    bind({ a: 'x', b: 'y' }).update(2);
    bind('x', 'y').update(3);
    update({ b: 'y', a: 'x' }, 5);
    t.deepEqual(await values(), { '{"a":"x","b":"y"}': 10 });
  });

  test(`${type}: a child shows nothing before its first update`, async (t) => {
    const { bind, values } = labelled();
    bind('x', 'y');
    t.deepEqual(await values(), {});
  });

  test(`${type}: a child whose series was removed brings it back with its next update`, async (t) => {
    const { bind, remove, values } = labelled();
    const child = bind('x', 'y');
    child.update(2);
    remove({ a: 'x', b: 'y' });
    t.deepEqual(await values(), {});
    child.update(3);
    t.deepEqual(await values(), { '{"a":"x","b":"y"}': 3 });
  });

  test(`${type}: a child goes on after a reset`, async (t) => {
    const { bind, reset, values } = labelled();
    const child = bind('x', 'y');
    child.update(2);
    reset();
    child.update(3);
    t.deepEqual(await values(), { '{"a":"x","b":"y"}': 3 });
  });

  test(`${type}: two handles of one label set count together, also after a removal`, async (t) => {
    const { bind, remove, values } = labelled();
    const first = bind('x', 'y');
    first.update(1);
    remove('x', 'y');
    const second = bind({ b: 'y', a: 'x' });
    first.update(2);
    second.update(4);
    first.update(8);
    t.deepEqual(await values(), { '{"b":"y","a":"x"}': 14 });
    remove('x', 'y');
    second.update(16);
    first.update(32);
    t.deepEqual(await values(), { '{"b":"y","a":"x"}': 48 });
  });

  test(`${type}: a child counts on when its registry no longer shows the metric`, async (t) => {
    const { registry, metric, bind, values } = labelled();
    const child = bind('x', 'y');
    child.update(1);
    registry.removeSingleMetric('m');
    child.update(2);
    t.deepEqual(await values(), { '{"a":"x","b":"y"}': 3 });
    t.deepEqual(samplesByKey(await registry.metrics()), {});
    registry.registerMetric(metric);
    child.update(4);
    const sample = `m${type === 'histogram' || type === 'summary' ? '_sum' : ''}{a="x",b="y"}`;
    t.is(samplesByKey(await registry.metrics())[sample], 7);
  });

  test(`${type}: a label that the metric does not have throws when a child is asked for`, (t) => {
    const { bind } = labelled();
    const message = `Added label "c" is not included in initial labelset: [ 'a', 'b' ]`;
    t.throws(() => bind({ a: 'x', c: 'z' }), { instanceOf: Error, message });
  });

  test(`${type}: values in order must be as many as label names`, (t) => {
    const { bind, remove } = labelled();
    const message = 'Invalid number of arguments (3): "x, y, z" for label names (2): "a, b".';
    t.throws(() => bind('x', 'y', 'z'), { instanceOf: Error, message });
    t.throws(() => remove('x', 'y', 'z'), { instanceOf: Error, message });
    t.throws(() => bind('x'), { message: /^Invalid number of arguments \(1\)/ });
  });

  test(`${type}: the child of a metric without labels is the metric's one series`, async (t) => {
    const { bind, values } = makeMetric(type, { registers: [] });
    bind().update(2);
    bind({}).update(3);
    t.deepEqual(await values(), { '{}': 5 });
  });
}

test("the methods of a child can be handed on without the child, as prom-client's", async (t) => {
  const config = { help: 'h', labelNames: ['a'], registers: [] };
  const counter = new Counter({ ...config, name: 'c' });
  const gauge = new Gauge({ ...config, name: 'g' });
  const histogram = new Histogram({ ...config, name: 'h', buckets: [1] });
  const summary = new Summary({ ...config, name: 's' });
  const { inc } = counter.labels('x');
  inc();
  inc(2);
  const { inc: up, dec, set, setToCurrentTime, startTimer } = gauge.labels('x');
  set(10);
  up();
  dec(2);
  t.is((await counter.get()).values[0]?.value, 3);
  t.is((await gauge.get()).values[0]?.value, 9);
  setToCurrentTime();
  t.is(typeof startTimer()(), 'number');
  const { observe, startTimer: time } = histogram.labels('x');
  observe(0.5);
  time()();
  t.is((await histogram.get()).values.at(-1)?.value, 2);
  const { observe: take, startTimer: clock } = summary.labels('x');
  take(0.5);
  clock()();
  t.is((await summary.get()).values.at(-1)?.value, 2);
});
