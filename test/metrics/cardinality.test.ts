// Labels that never end cost a bounded amount, and sums stay right.

import test from 'ava';
import { MAX_LABEL_VALUE_CHARS } from '../../src/limits.js';
import { OVERFLOW_LABEL } from '../../src/metrics/cardinality.js';
import { Counter } from '../../src/metrics/counter.js';
import { Gauge } from '../../src/metrics/gauge.js';
import { Histogram } from '../../src/metrics/histogram.js';
import { Registry } from '../../src/metrics/registry.js';

const total = (values: readonly { value: number }[]) =>
  values.reduce((sum, { value }) => sum + value, 0);

function counter(maxSeries: number) {
  return new Counter({
    name: 'a_total',
    help: 'a',
    labelNames: ['user', 'path'],
    maxSeries,
    registers: [new Registry()],
  });
}

test('at the limit every series is its own, one beyond counts in the one for the rest', async (t) => {
  const metric = counter(3);
  for (let i = 0; i < 3; i++) metric.inc({ user: i, path: '/' });
  const atLimit = (await metric.get()).values;
  t.deepEqual(
    atLimit.map(({ labels }) => labels.user),
    [0, 1, 2],
  );
  for (let i = 0; i < 5; i++) metric.inc({ user: 1000 + i, path: '/' });
  metric.inc({ user: 1, path: '/' });
  const { values } = await metric.get();
  t.is(total(values), 9);
  t.deepEqual(values.at(-1), {
    labels: { user: OVERFLOW_LABEL, path: OVERFLOW_LABEL },
    value: 5,
  });
  t.is(values.length, 4);
});

test('nothing is kept of labels beyond the limit', (t) => {
  const metric = counter(1);
  metric.inc({ user: 'first', path: '/' });
  const bound = metric.labels('late', '/');
  bound.inc();
  for (let i = 0; i < 1000; i++) metric.labels(`${i}`, '/').inc();
  t.is(metric.index.get(['late', '/']), undefined);
  t.is(metric.index.get(['7', '/']), undefined);
  t.is(metric.storeMetric.series.size, 2);
  t.is(total([...metric.storeMetric.series].map((s) => ({ value: s.values[s.index] ?? 0 }))), 1002);
});

test('a series that goes makes room for another', async (t) => {
  const metric = counter(2);
  metric.inc({ user: 'a', path: '/' });
  metric.inc({ user: 'b', path: '/' });
  metric.remove('a', '/');
  metric.inc({ user: 'c', path: '/' });
  const { values } = await metric.get();
  t.deepEqual(
    values.map(({ labels }) => labels.user),
    ['b', 'c'],
  );
});

test('gauges and histograms have the limit too, a metric without labels has none', async (t) => {
  const registers = [new Registry()];
  const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['a'], maxSeries: 1, registers });
  gauge.inc({ a: 'x' }, 2);
  gauge.inc({ a: 'y' }, 3);
  gauge.inc({ a: 'z' }, 4);
  t.is(total((await gauge.get()).values), 9);
  const plain = new Histogram({ name: 'h', help: 'h', maxSeries: 1, registers });
  plain.observe(1);
  plain.observe(1);
  t.is(plain.storeMetric.series.size, 1);
});

test('a label value at the limit is whole, one beyond is cut', async (t) => {
  const metric = counter(10);
  const whole = 'x'.repeat(MAX_LABEL_VALUE_CHARS);
  metric.inc({ user: whole, path: '/' });
  metric.inc({ user: `${whole}y`, path: '/' });
  metric.inc({ user: `${whole}z`, path: '/' });
  const { values } = await metric.get();
  t.is(values.length, 1);
  t.is(values[0]?.value, 3);
  t.is(values[0]?.labels.user, whole);
});
