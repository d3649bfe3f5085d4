import test from 'ava';
import { Counter, Registry } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';

function newCounter<T extends string = never>(...labelNames: T[]) {
  const registry = new Registry();
  const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
  return { counter, page: async () => samplesByKey(await registry.metrics()) };
}

test('without labels it is there with zero, with labels it is not', async (t) => {
  t.deepEqual(await newCounter().page(), { c: 0 });
  t.deepEqual(await newCounter('a').page(), {});
});

test('adds one, or what it is given, zero too', async (t) => {
  const { counter, page } = newCounter();
  counter.inc();
  counter.inc(2.5);
  counter.inc(0);
  t.deepEqual(await page(), { c: 3.5 });
});

test('undefined and null stand for one', async (t) => {
  const { counter, page } = newCounter('a');
  counter.inc({ a: 'x' }, undefined);
  counter.inc({ a: 'x' }, null as never);
  counter.labels('x').inc(null as never);
  counter.inc(undefined);
  counter.inc(null as never);
  t.deepEqual(await page(), { 'c{a="x"}': 3, c: 2 });
});

test('a zero shows a labelled series', async (t) => {
  const { counter, page } = newCounter('a');
  counter.inc({ a: 'x' }, 0);
  t.deepEqual(await page(), { 'c{a="x"}': 0 });
});

test('a negative value throws and leaves the counter as it was', async (t) => {
  const { counter, page } = newCounter('a');
  const message = 'It is not possible to decrease a counter';
  t.throws(() => counter.inc(-1), { instanceOf: Error, message });
  t.throws(() => counter.inc({ a: 'x' }, -0.1), { instanceOf: Error, message });
  t.throws(() => counter.labels('x').inc(-1), { instanceOf: Error, message });
  t.deepEqual(await page(), {});
});

for (const value of ['x', '5', true, Number.POSITIVE_INFINITY, -Infinity, Number.NaN, '', 5n]) {
  test(`${typeof value} ${String(value)} is no value and leaves the counter as it was`, async (t) => {
    const { counter, page } = newCounter('a');
    counter.inc({ a: 'x' });
    const message = new RegExp(`^Value is not a valid number: ${String(value)}`);
    const error = { instanceOf: TypeError, message };
    t.throws(() => counter.inc(value as number), error);
    t.throws(() => counter.inc({ a: 'x' }, value as number), error);
    t.throws(() => counter.labels({ a: 'x' }).inc(value as number), error);
    t.deepEqual(await page(), { 'c{a="x"}': 1 });
  });
}

test('an object as a value is no value', (t) => {
  const { counter } = newCounter('a');
  t.throws(() => counter.inc({ a: 'x' }, {} as never), { instanceOf: TypeError });
  t.throws(() => counter.labels('x').inc({} as never), { instanceOf: TypeError });
});

test('remove takes one series off the page, given by name or in order', async (t) => {
  const { counter, page } = newCounter('a', 'b');
  for (const a of ['1', '2', '3']) counter.inc({ a, b: 'x' });
  counter.remove({ b: 'x', a: '1' });
  counter.remove('2', 'x');
  counter.remove('2', 'x');
  counter.remove({ a: 'never seen' });
  t.deepEqual(await page(), { 'c{a="3",b="x"}': 1 });
});

test('remove takes numbers for the text they read as', async (t) => {
  const { counter, page } = newCounter('a');
  counter.inc({ a: 5 });
  counter.remove(5);
  t.deepEqual(await page(), {});
});

test('without labels it can be removed, and comes back with the next update', async (t) => {
  const { counter, page } = newCounter();
  counter.inc(5);
  counter.remove();
  t.deepEqual(await page(), {});
  counter.inc(2);
  t.deepEqual(await page(), { c: 2 });
});

test('reset brings a counter without labels to zero and takes labelled series off the page', async (t) => {
  const plain = newCounter();
  plain.counter.inc(5);
  plain.counter.reset();
  t.deepEqual(await plain.page(), { c: 0 });
  plain.counter.inc(2);
  t.deepEqual(await plain.page(), { c: 2 });

  const labelled = newCounter('a');
  labelled.counter.inc({ a: 'x' });
  labelled.counter.inc();
  labelled.counter.reset();
  t.deepEqual(await labelled.page(), {});
  labelled.counter.inc({ a: 'x' });
  t.deepEqual(await labelled.page(), { 'c{a="x"}': 1 });
});

test('get() gives name, help, type and values in the order in which the series came', async (t) => {
  const { counter } = newCounter('a', 'b');
  counter.inc({ a: 'z', b: 5 }, 2);
  counter.inc({ a: 'a' });
  counter.inc({ a: 'z', b: 5 });
  t.deepEqual(await counter.get(), {
    name: 'c',
    help: 'h',
    type: 'counter',
    aggregator: 'sum',
    values: [
      { labels: { a: 'z', b: 5 }, value: 3 },
      { labels: { a: 'a' }, value: 1 },
    ],
  });
});

test('what get() gave does not change afterwards', async (t) => {
  const { counter } = newCounter('a');
  counter.inc({ a: 'x' });
  const { values } = await counter.get();
  counter.inc({ a: 'x' });
  t.is(values[0]?.value, 1);
});

test('a labels object that is changed later does not change the series', async (t) => {
  const { counter, page } = newCounter('a');
  const labels = { a: 'x' };
  const child = counter.labels(labels);
  counter.inc(labels);
  labels.a = 'y';
  child.inc();
  counter.inc({ a: 'x' });
  t.deepEqual(await page(), { 'c{a="x"}': 3 });
  t.deepEqual((await counter.get()).values, [{ labels: { a: 'x' }, value: 3 }]);
});

test('large and small values keep all their digits', async (t) => {
  const { counter, page } = newCounter();
  counter.inc(2 ** 53 - 1);
  t.deepEqual(await page(), { c: 9007199254740991 });
  counter.reset();
  counter.inc(5e-324);
  t.deepEqual(await page(), { c: 5e-324 });
});
