import test from 'ava';
import type { GaugeConfiguration } from '../../src/index.js';
import { Gauge, Registry } from '../../src/index.js';
import { GAUGE_MODES } from '../../src/model/metric.js';
import { samplesByKey } from '../helpers/page-samples.js';

function newGauge<T extends string = never>(
  labelNames: T[] = [],
  options: Partial<GaugeConfiguration<T>> = {},
) {
  const registry = new Registry();
  const config = { name: 'g', help: 'h', labelNames, registers: [registry], ...options };
  const gauge = new Gauge<T>(config);
  return { gauge, page: async () => samplesByKey(await registry.metrics()) };
}

test('without labels it is there with zero, with labels it is not', async (t) => {
  t.deepEqual(await newGauge().page(), { g: 0 });
  t.deepEqual(await newGauge(['a']).page(), {});
});

test('is set, goes up and goes down, by one where no value is given', async (t) => {
  const { gauge, page } = newGauge(['a']);
  gauge.set({ a: 'x' }, 10);
  gauge.inc({ a: 'x' });
  gauge.inc({ a: 'x' }, 5);
  gauge.dec({ a: 'x' });
  gauge.dec({ a: 'x' }, 0.5);
  gauge.inc({ a: 'x' }, 0);
  gauge.dec(2);
  gauge.inc(7);
  gauge.inc();
  gauge.dec();
  t.deepEqual(await page(), { 'g{a="x"}': 14.5, g: 5 });
});

test('takes zero for zero', async (t) => {
  const { gauge, page } = newGauge();
  gauge.set(5);
  gauge.inc(0);
  gauge.dec(0);
  t.deepEqual(await page(), { g: 5 });
  gauge.set(0);
  t.deepEqual(await page(), { g: 0 });
});

test('takes NaN and the infinities, which are numbers', async (t) => {
  const { gauge, page } = newGauge(['a']);
  gauge.set({ a: 'nan' }, Number.NaN);
  gauge.set({ a: 'up' }, Number.POSITIVE_INFINITY);
  gauge.set({ a: 'down' }, Number.NEGATIVE_INFINITY);
  t.deepEqual(await page(), {
    'g{a="down"}': Number.NEGATIVE_INFINITY,
    'g{a="nan"}': Number.NaN,
    'g{a="up"}': Number.POSITIVE_INFINITY,
  });
});

for (const value of ['x', '5', true, null, 5n]) {
  test(`${typeof value} ${value} is no value and leaves the gauge as it was`, async (t) => {
    const { gauge, page } = newGauge(['a']);
    gauge.set({ a: 'x' }, 3);
    const wrong = value as never;
    const set = { instanceOf: TypeError, message: new RegExp(`^Value is not .*: ${value}`) };
    const delta = { instanceOf: TypeError, message: new RegExp(`^Delta is not .*: ${value}`) };
    t.throws(() => gauge.set(wrong), set);
    t.throws(() => gauge.set({ a: 'x' }, wrong), set);
    t.throws(() => gauge.labels('x').set(wrong), set);
    t.throws(() => gauge.inc(wrong), delta);
    t.throws(() => gauge.dec({ a: 'x' }, wrong), delta);
    t.throws(() => gauge.labels('x').inc(wrong), delta);
    t.throws(() => gauge.labels('x').dec(wrong), delta);
    t.deepEqual(await page(), { 'g{a="x"}': 3 });
  });
}

test('set needs a value', (t) => {
  const { gauge } = newGauge(['a']);
  const error = { instanceOf: TypeError, message: 'Value is not a valid number: undefined' };
  t.throws(() => gauge.set({ a: 'x' }, undefined as never), error);
  t.throws(() => gauge.set(undefined as never), error);
  t.throws(() => gauge.labels('x').set(undefined as never), error);
});

test('an unknown label throws in every method that takes labels', (t) => {
  const { gauge } = newGauge(['a']);
  const wrong = { b: 'x' } as never;
  const message = `Added label "b" is not included in initial labelset: [ 'a' ]`;
  t.throws(() => gauge.set(wrong, 1), { message });
  t.throws(() => gauge.inc(wrong), { message });
  t.throws(() => gauge.dec(wrong), { message });
  t.throws(() => gauge.setToCurrentTime(wrong), { message });
  t.throws(() => gauge.startTimer(wrong)(), { message });
  t.throws(() => gauge.startTimer()(wrong), { message });
  t.throws(() => gauge.remove(wrong), { message });
});

test('setToCurrentTime sets seconds since 1970', async (t) => {
  const { gauge, page } = newGauge(['a']);
  const before = Date.now() / 1000;
  gauge.setToCurrentTime();
  gauge.setToCurrentTime({ a: 'x' });
  gauge.labels('y').setToCurrentTime();
  const after = Date.now() / 1000;
  const values = Object.values(await page());
  t.is(values.length, 3);
  for (const value of values) t.true(value >= before && value <= after, `${value}`);
});

test('a timer sets, and returns, the seconds, and labels may come at its begin and at its end', async (t) => {
  const { gauge, page } = newGauge(['a', 'b']);
  const begin = { a: 'x' };
  const durations = [
    gauge.startTimer()(),
    gauge.startTimer(begin)(),
    gauge.startTimer({ a: 'y', b: 'q' })({ b: 'z' }),
    gauge.labels({ a: 'w' }).startTimer()(),
    gauge.labels({ a: 'v' }).startTimer()({ b: 'z' }),
  ];
  t.deepEqual(await page(), {
    g: durations[0],
    'g{a="x"}': durations[1],
    'g{a="y",b="z"}': durations[2],
    'g{a="w"}': durations[3],
    'g{a="v",b="z"}': durations[4],
  });
  t.true(durations.every((seconds) => seconds >= 0 && seconds < 60));
  t.deepEqual(begin, { a: 'x' });
});

test('a timer may be ended more than once', (t) => {
  const { gauge } = newGauge();
  const end = gauge.startTimer();
  const first = end();
  t.true(end() >= first);
});

test('reset brings a gauge without labels to zero and takes labelled series off the page', async (t) => {
  const plain = newGauge();
  plain.gauge.set(5);
  plain.gauge.reset();
  t.deepEqual(await plain.page(), { g: 0 });
  const labelled = newGauge(['a']);
  labelled.gauge.set({ a: 'x' }, 5);
  labelled.gauge.reset();
  t.deepEqual(await labelled.page(), {});
  labelled.gauge.inc({ a: 'x' });
  t.deepEqual(await labelled.page(), { 'g{a="x"}': 1 });
});

test('remove takes one series off the page, given by name or in order', async (t) => {
  const { gauge, page } = newGauge(['a', 'b']);
  for (const a of ['1', '2', '3']) gauge.set({ a, b: 'x' }, 7);
  gauge.remove({ b: 'x', a: '1' });
  gauge.remove('2', 'x');
  t.deepEqual(await page(), { 'g{a="3",b="x"}': 7 });
});

test('get() shows the values of this process in every mode', async (t) => {
  for (const multiprocessMode of GAUGE_MODES) {
    const { gauge } = newGauge(['a'], { multiprocessMode });
    gauge.set({ a: 'x' }, 5);
    gauge.inc({ a: 'x' });
    t.deepEqual(
      await gauge.get(),
      {
        name: 'g',
        help: 'h',
        type: 'gauge',
        aggregator: 'sum',
        values: [{ labels: { a: 'x' }, value: 6 }],
      },
      multiprocessMode,
    );
  }
});

test("prom-client's aggregators stand for modes, and a mode comes before them", (t) => {
  const modeOf = (options: Partial<GaugeConfiguration<never>>) =>
    newGauge([], options).gauge.multiprocessMode;
  t.is(modeOf({}), 'livesum');
  t.is(modeOf({ aggregator: 'sum' }), 'livesum');
  t.is(modeOf({ aggregator: 'min' }), 'livemin');
  t.is(modeOf({ aggregator: 'max' }), 'livemax');
  t.is(modeOf({ aggregator: 'average' }), 'liveaverage');
  t.is(modeOf({ aggregator: 'first' }), 'livemostrecent');
  t.is(modeOf({ aggregator: 'omit' }), 'omit');
  t.is(modeOf({ aggregator: 'min', multiprocessMode: 'max' }), 'max');
});

test('a mode or an aggregator that does not exist throws and names those that do', (t) => {
  t.throws(() => newGauge([], { multiprocessMode: 'median' as never }), {
    message: /^Invalid multiprocessMode "median": it can be .*livemostrecent/,
  });
  for (const aggregator of ['median', 'constructor'] as never[]) {
    t.throws(() => newGauge([], { aggregator }), {
      message: `Invalid aggregator "${aggregator}": it can be sum, min, max, average, first, omit`,
    });
  }
});

for (const multiprocessMode of ['all', 'liveall'] as const) {
  test(`in mode ${multiprocessMode} the label pid is the library's`, async (t) => {
    t.throws(() => newGauge(['pid'], { multiprocessMode }), {
      message: 'pid is a reserved label keyword',
    });
    const { page } = newGauge([], { multiprocessMode });
    t.deepEqual(await page(), { [`g{pid="${process.pid}"}`]: 0 });
  });

  test(`in mode ${multiprocessMode} a default label pid gives way`, async (t) => {
    const registry = new Registry();
    registry.setDefaultLabels({ pid: 'default' });
    new Gauge({ name: 'g', help: 'h', multiprocessMode, registers: [registry] });
    t.deepEqual(samplesByKey(await registry.metrics()), { [`g{pid="${process.pid}"}`]: 0 });
  });
}

test('in other modes pid is a label like any other', async (t) => {
  const { gauge, page } = newGauge(['pid']);
  gauge.set({ pid: 'x' }, 1);
  t.deepEqual(await page(), { 'g{pid="x"}': 1 });
});
