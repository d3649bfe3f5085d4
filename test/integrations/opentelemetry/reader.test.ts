// What instruments of a real SDK become on the page of one process.

import process from 'node:process';
import test from 'ava';
import { collect, register } from '../../../src/index.js';
import { gaugeMode, MultiprocMetricReader } from '../../../src/integrations/opentelemetry/index.js';
import { SDKS, shown, startSdk } from '../../helpers/opentelemetry.js';
import { parsePage, samplesByKey } from '../../helpers/page-samples.js';

const pid = String(process.pid);
const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));

for (const { version, sdk } of SDKS) {
  // Metrics are the thread's: each test has names of its own.
  const own = (name: string) => `${name}.v${version}`;
  const page = (name: string) => `${name}_v${version}`;

  test.serial(
    `SDK ${version}: a counter is shown with what was added, by attributes`,
    async (t) => {
      const { meter } = startSdk(sdk);
      const counter = meter.createCounter(own('requests'), { description: 'Some help.' });
      counter.add(2, { route: '/a', status: 200 });
      counter.add(3, { route: '/a', status: 200 });
      counter.add(0.5, { route: '/b' });
      const name = `${page('requests')}_total`;
      const before = { [`${name}{route="/a",status="200"}`]: 5, [`${name}{route="/b"}`]: 0.5 };
      t.deepEqual(await shown(name), before);
      counter.add(1, { route: '/b' });
      t.deepEqual(await shown(name), { ...before, [`${name}{route="/b"}`]: 1.5 });
      const [family] = parsePage(await collect({ names: [name] }));
      t.is(family?.type, 'counter');
      t.is(family?.help, 'Some help.');
    },
  );

  test.serial(`SDK ${version}: an up-down counter goes up and down`, async (t) => {
    const { meter } = startSdk(sdk);
    const open = meter.createUpDownCounter(own('open'));
    open.add(5);
    t.deepEqual(await shown(page('open')), { [page('open')]: 5 });
    open.add(-7);
    t.deepEqual(await shown(page('open')), { [page('open')]: -2 });
  });

  test.serial(`SDK ${version}: a histogram has the SDK's buckets, counts and sum`, async (t) => {
    const { meter } = startSdk(sdk);
    const histogram = meter.createHistogram(own('took'), {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.5, 1] },
    });
    for (const value of [0.25, 0.5, 0.75, 8]) histogram.record(value, { le: 'x' });
    const name = `${page('took')}_seconds`;
    t.deepEqual(await shown(name), {
      [`${name}_bucket{exported_le="x",le="0.5"}`]: 2,
      [`${name}_bucket{exported_le="x",le="1"}`]: 3,
      [`${name}_bucket{exported_le="x",le="+Inf"}`]: 4,
      [`${name}_sum{exported_le="x"}`]: 9.5,
      [`${name}_count{exported_le="x"}`]: 4,
    });
  });

  test.serial(
    `SDK ${version}: a gauge is its process's own, unless an option or a view says how to merge it`,
    async (t) => {
      const { meter } = startSdk(
        sdk,
        { gaugeModes: { [own('by.name')]: 'max', [page('by_page')]: 'sum' } },
        { views: [{ instrumentName: own('by.view'), attributesProcessors: [gaugeMode('min')] }] },
      );
      for (const name of ['alone', 'by.name', 'by.page', 'by.view']) {
        meter.createGauge(own(name)).record(3, { at: 'x' });
      }
      const names = ['alone', 'by_name', 'by_page', 'by_view'].map(page);
      t.deepEqual(await shown(...names), {
        [`${page('alone')}{at="x",pid="${pid}"}`]: 3,
        [`${page('by_name')}{at="x"}`]: 3,
        [`${page('by_page')}{at="x"}`]: 3,
        [`${page('by_view')}{at="x"}`]: 3,
      });
      t.throws(() => new MultiprocMetricReader({ gaugeModes: { a: 'mean' as never } }), {
        instanceOf: TypeError,
        message: /mean is not a gauge mode/,
      });
      t.throws(() => gaugeMode('' as never), { instanceOf: TypeError });
    },
  );

  test.serial(`SDK ${version}: observable instruments are asked for every page`, async (t) => {
    const { meter } = startSdk(sdk, { gaugeModes: { [own('pool')]: 'livesum' } });
    let total = 10;
    let level = 4;
    let pools = ['a', 'b'];
    meter.createObservableCounter(own('seen')).addCallback(async (result) => result.observe(total));
    meter.createObservableUpDownCounter(own('level')).addCallback((result) => {
      result.observe(level);
    });
    meter.createObservableGauge(own('pool')).addCallback((result) => {
      for (const pool of pools) result.observe(1, { pool });
    });
    const names = [`${page('seen')}_total`, page('level'), page('pool')];
    t.deepEqual(await shown(...names), {
      [`${page('seen')}_total`]: 10,
      [page('level')]: 4,
      [`${page('pool')}{pool="a"}`]: 1,
      [`${page('pool')}{pool="b"}`]: 1,
    });
    [total, level, pools] = [12, 1, ['b']];
    t.deepEqual(await shown(...names), {
      [`${page('seen')}_total`]: 12,
      [page('level')]: 1,
      // Nobody says any more that there is a pool a.
      [`${page('pool')}{pool="b"}`]: 1,
    });
  });

  test.serial(
    `SDK ${version}: an exponential histogram is left out, with a word on it`,
    async (t) => {
      const { reader, meter } = startSdk(
        sdk,
        {},
        {
          views: [
            {
              instrumentName: own('exponential'),
              aggregation: { type: sdk.AggregationType.EXPONENTIAL_HISTOGRAM },
            },
          ],
        },
      );
      meter.createHistogram(own('exponential')).record(1);
      meter.createCounter(own('beside')).add(1);
      await reader.forceFlush();
      await reader.forceFlush();
      const names = [page('exponential'), `${page('beside')}_total`];
      t.deepEqual(await shown(...names), { [`${page('beside')}_total`]: 1 });
      await new Promise(setImmediate);
      const told = warnings.filter((text) => text.includes(own('exponential')));
      t.deepEqual(told, [
        `The instrument ${own('exponential')} of scope is left out: it is an exponential histogram, which this store does not have: give its view explicit buckets.`,
      ]);
    },
  );

  test.serial(
    `SDK ${version}: the default registry shows it all too, as text and as data`,
    async (t) => {
      const { meter } = startSdk(sdk);
      meter.createCounter(own('registered')).add(4, { a: 'b' });
      const name = `${page('registered')}_total`;
      t.is(samplesByKey(await register.metrics())[`${name}{a="b"}`], 4);
      const objects = await register.getMetricsAsJSON();
      t.deepEqual(objects.find((object) => object.name === name)?.values, [
        { value: 4, labels: { a: 'b' } },
      ]);
    },
  );

  test.serial(
    `SDK ${version}: a reader belongs to one provider, and says nothing after its end`,
    async (t) => {
      const { reader, provider, meter } = startSdk(sdk);
      t.throws(() => new sdk.MeterProvider({ readers: [reader] }), {
        message: /one MeterProvider/,
      });
      meter.createCounter(own('last')).add(1);
      await provider.shutdown();
      await reader.shutdown();
      await reader.forceFlush();
      await t.throwsAsync(reader.collect(), { message: /shut down/ });
      t.deepEqual(await shown(`${page('last')}_total`), { [`${page('last')}_total`]: 1 });
      const unbound = new MultiprocMetricReader();
      await t.throwsAsync(unbound.collect(), { message: /no MeterProvider/ });
      await unbound.shutdown();
    },
  );
}
