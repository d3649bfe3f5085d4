// Instruments and values that were not meant to be metrics.

import process from 'node:process';
import test from 'ava';
import { collect } from '../../../src/index.js';
import { Total } from '../../../src/integrations/opentelemetry/total.js';
import { Series, StoreMetric } from '../../../src/store/series.js';
import { SDKS, shown, startSdk } from '../../helpers/opentelemetry.js';
import { parsePage } from '../../helpers/page-samples.js';

process.env.PROMETHEUS_MULTIPROC_MAX_SERIES = '50';
const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));

async function told(about: string): Promise<string[]> {
  await new Promise(setImmediate);
  return warnings.filter((text) => text.includes(about));
}

for (const { version, sdk } of SDKS) {
  const page = (name: string) => `hostile_${name}_v${version}`;

  test.serial(
    `SDK ${version}: attributes that are changed after use lose no count and count nothing twice`,
    async (t) => {
      const { meter, reader } = startSdk(sdk);
      const counter = meter.createCounter(page('reused'));
      const histogram = meter.createHistogram(page('reused_took'));
      const attributes = { route: '/a' };
      const total = async () => {
        const samples = await shown(`${page('reused')}_total`, page('reused_took'));
        return Object.entries(samples)
          .filter(([key]) => /_(?:total|count)\{/.test(key))
          .map(([, value]) => value)
          .reduce((sum, value) => sum + value, 0);
      };
      for (const [i, route] of ['/a', '/b', '/c', '/a'].entries()) {
        attributes.route = route;
        counter.add(1, attributes);
        histogram.record(1, attributes);
        if (i % 2 === 1) t.is(await total(), 2 * (i + 1));
      }
      await reader.forceFlush();
      await reader.forceFlush();
      t.is(await total(), 8);
    },
  );

  test.serial(
    `SDK ${version}: points of one series are added, and of gauges one is shown`,
    async (t) => {
      const { meter } = startSdk(sdk, { gaugeModes: { [page('same')]: 'max' } });
      const gauge = meter.createGauge(page('same'));
      gauge.record(3, { a: 1 });
      gauge.record(4, { a: '1' });
      t.deepEqual(await shown(page('same')), { [`${page('same')}{a="1"}`]: 4 });
      const counter = meter.createCounter(page('summed'));
      counter.add(3, { a: 1 });
      counter.add(4, { a: '1' });
      const name = `${page('summed')}_total`;
      t.deepEqual(await shown(name), { [`${name}{a="1"}`]: 7 });
    },
  );

  test.serial(
    `SDK ${version}: attributes may vary within one instrument, and no series moves for another`,
    async (t) => {
      const { meter } = startSdk(sdk);
      const counter = meter.createCounter(page('varied'));
      const name = `${page('varied')}_total`;
      const expected: Record<string, number> = {};
      const add = async (attributes: Record<string, string>, labels: string) => {
        counter.add(1, attributes);
        expected[name + labels] = 1;
        t.deepEqual(await shown(name), expected);
      };
      await add({}, '');
      await add({ a: '1' }, '{a="1"}');
      await add({ b: '1' }, '{b="1"}');
      await add({ a: '1', b: '1' }, '{a="1",b="1"}');
    },
  );

  test.serial(
    `SDK ${version}: labels and names of any text make a page that can be read`,
    async (t) => {
      const { meter } = startSdk(sdk);
      const counter = meter.createCounter(page('any'), { description: 'Two\nlines \\ "so"' });
      const values = ['"', '\\', '\n', '{}', 'a\0b', '\u2028', '😀', ' ', 'x="y",'];
      for (const [i, value] of values.entries()) counter.add(1, { [`k ${value}`]: value, i });
      const families = parsePage(await collect({ names: [`${page('any')}_total`] }));
      const shownValues = families[0]?.samples.map(({ labels: { i, ...others } }) => [
        Number(i),
        Object.values(others)[0],
      ]);
      t.deepEqual(
        shownValues?.sort(([a], [b]) => Number(a) - Number(b)),
        [...values.entries()],
      );
    },
  );

  test.serial(`SDK ${version}: beyond the limit of series the sum stays right`, async (t) => {
    const { meter, reader } = startSdk(sdk);
    const counter = meter.createCounter(page('many'));
    for (let i = 0; i < 80; i++) counter.add(2, { user: `u${i}` });
    await reader.forceFlush();
    for (let i = 0; i < 80; i++) counter.add(1, { user: `u${i}` });
    const samples = await shown(`${page('many')}_total`);
    t.is(Object.keys(samples).length, 51);
    t.is(samples[`${page('many')}_total{otel_metric_overflow="true"}`], 90);
    t.is((await told(`${page('many')}_total has 50 series`)).length, version === 2 ? 1 : 0);
  });

  test.serial(
    `SDK ${version}: a total that is no number, or below zero, leaves what it was`,
    async (t) => {
      const { meter, reader } = startSdk(sdk);
      const given = { total: 5 };
      meter
        .createObservableCounter(page('odd'))
        .addCallback((result) => result.observe(given.total));
      const name = `${page('odd')}_total`;
      for (const total of [5, Number.NaN, Number.POSITIVE_INFINITY, 5]) {
        given.total = total;
        await reader.forceFlush();
        t.deepEqual(await shown(name), { [name]: 5 });
      }
      const first = meter.createObservableCounter(page('never'));
      first.addCallback((result) => result.observe(-3));
      t.deepEqual(await shown(`${page('never')}_total`), { [`${page('never')}_total`]: 0 });
      t.true((await told(`${page('odd')}_total was said to be`)).length > 0);
    },
  );

  test.serial(
    `SDK ${version}: two instruments of one name share their series, of another kind the later is left out`,
    async (t) => {
      const { meter } = startSdk(sdk);
      meter.createCounter(page('a.b')).add(1);
      meter.createCounter(page('a_b')).add(2);
      const taken = page('taken');
      meter.createHistogram(taken).record(1);
      meter.createUpDownCounter(`${taken}.`.replace('.', '')).add(1);
      const name = `${page('a_b')}_total`;
      t.deepEqual(await shown(name), { [name]: 3 });
      const family = parsePage(await collect({ names: [taken] }));
      t.deepEqual(
        family.map(({ type }) => type),
        ['histogram'],
      );
      t.is((await told(`The instrument ${taken} of scope is left out`)).length, 1);
    },
  );

  test.serial(
    `SDK ${version}: a callback that throws, or never ends, costs its own instrument alone`,
    async (t) => {
      const { meter, reader } = startSdk(sdk);
      meter.createObservableGauge(page('throws')).addCallback(() => {
        throw new Error(`no ${page('throws')}`);
      });
      meter.createObservableGauge(page('hangs')).addCallback(() => new Promise(() => undefined));
      meter.createCounter(page('good')).add(1);
      await reader.collect({ timeoutMillis: 20 });
      await reader.shutdown({ timeoutMillis: 20 });
      const name = `${page('good')}_total`;
      t.is((await shown(name))[name], 1);
      t.is((await told(`no ${page('throws')}`)).length, 1);
    },
  );

  test.serial(
    `SDK ${version}: a histogram that may be given negative values says nothing of their sum`,
    async (t) => {
      const { meter } = startSdk(
        sdk,
        {},
        {
          views: [
            {
              instrumentName: page('signed'),
              aggregation: {
                type: sdk.AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
                options: { boundaries: [0] },
              },
            },
          ],
        },
      );
      meter.createUpDownCounter(page('signed')).add(-1);
      const samples = await shown(page('signed'));
      t.is(samples[`${page('signed')}_count`], 1);
      t.is(samples[`${page('signed')}_sum`], Number.NaN);
    },
  );
}

test('a series of which an archive has a share goes on with what has come since', (t) => {
  const descriptor = { name: 'c', help: '', type: 'counter', mode: 'livesum' } as const;
  const series = new Series(new StoreMetric({ ...descriptor, labelNames: [], buckets: [] }), []);
  series.hide(new Float64Array(1));
  const total = new Total(series);
  const part = total.addPart();
  const say = (value: number) => {
    total.update(part, [value]);
    total.write(true);
    return series.values[series.index];
  };
  t.is(say(0.1), 0.1);
  t.is(say(0.3), 0.3);
  // The process slept, its file was folded into the archive, and it has a new one.
  series.values[series.index] = 0;
  t.is(say(0.3), 0);
  t.is(say(5.3), 5);
});
