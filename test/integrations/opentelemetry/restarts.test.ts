// An SDK that is shut down and started anew in a process that goes on.

import { ValueType } from '@opentelemetry/api';
import test from 'ava';
import { SDKS, shown, startSdk } from '../../helpers/opentelemetry.js';

for (const { version, sdk } of SDKS) {
  const page = (name: string) => `restart_${name}_v${version}`;

  test.serial(
    `SDK ${version}: what counters and histograms have counted stays, and nothing counts twice`,
    async (t) => {
      const [name, took] = [page('sent'), page('took')];
      const count = async (times: number) => {
        const { meter, provider } = startSdk(sdk);
        const counter = meter.createCounter(name);
        const histogram = meter.createHistogram(took, {
          advice: { explicitBucketBoundaries: [1] },
        });
        for (let i = 0; i < times; i++) {
          counter.add(0.1, { a: 'x' });
          histogram.record(i);
        }
        return provider;
      };
      const first = await count(3);
      const expect = async (times: number, buckets: readonly [number, number, number]) => {
        const samples = await shown(`${name}_total`, took);
        const sum = samples[`${name}_total{a="x"}`] ?? Number.NaN;
        t.true(Math.abs(sum - times * 0.1) < 1e-12, String(sum));
        const [atMostOne, all, total] = buckets;
        t.is(samples[`${took}_bucket{le="1"}`], atMostOne);
        t.is(samples[`${took}_bucket{le="+Inf"}`], all);
        t.is(samples[`${took}_count`], all);
        t.is(samples[`${took}_sum`], total);
      };
      await expect(3, [2, 3, 3]);
      await first.shutdown();
      await expect(3, [2, 3, 3]);
      const second = await count(2);
      await expect(5, [4, 5, 4]);
      await second.shutdown();
      await count(1);
      await expect(6, [5, 6, 4]);
    },
  );

  test.serial(
    `SDK ${version}: an observed total is taken over by the next SDK, and goes on from what it was when it begins anew`,
    async (t) => {
      const name = page('cpu');
      const observe = (given: { total: number }) => {
        const { meter, provider } = startSdk(sdk);
        meter.createObservableCounter(name).addCallback((result) => result.observe(given.total));
        return provider;
      };
      const value = async () => (await shown(`${name}_total`))[`${name}_total`];
      const given = { total: 100 };
      const first = observe(given);
      t.is(await value(), 100);
      await first.shutdown();
      given.total = 130;
      const second = observe(given);
      t.is(await value(), 130);
      // Whatever was observed has begun again.
      given.total = 4;
      await second.shutdown();
      t.is(await value(), 134);
      given.total = 5;
      observe(given);
      t.is(await value(), 135);
      given.total = 2;
      t.is(await value(), 137);
    },
  );

  test.serial(
    `SDK ${version}: what an ended SDK said of the present goes when another one speaks`,
    async (t) => {
      const start = (queues: readonly string[]) => {
        const { meter, provider } = startSdk(sdk, { gaugeModes: { [page('queue')]: 'livesum' } });
        const level = meter.createObservableUpDownCounter(page('depth'));
        level.addCallback((result) => {
          for (const queue of queues) result.observe(3, { queue });
        });
        for (const queue of queues) meter.createGauge(page('queue')).record(7, { queue });
        return provider;
      };
      const [queue, depth] = [page('queue'), page('depth')];
      const first = start(['a', 'b']);
      await first.shutdown();
      // Nobody has said otherwise yet: a process that ends keeps what its gauges said.
      t.deepEqual(await shown(queue, depth), {
        [`${depth}{queue="a"}`]: 3,
        [`${depth}{queue="b"}`]: 3,
        [`${queue}{queue="a"}`]: 7,
        [`${queue}{queue="b"}`]: 7,
      });
      start(['b']);
      t.deepEqual(await shown(queue, depth), {
        [`${depth}{queue="b"}`]: 3,
        [`${queue}{queue="b"}`]: 7,
      });
    },
  );

  test.serial(
    `SDK ${version}: what was begun under one SDK and ended under the next is open no more`,
    async (t) => {
      const name = page('in_flight');
      const first = startSdk(sdk);
      first.meter.createUpDownCounter(name).add(5);
      await first.provider.shutdown();
      const second = startSdk(sdk);
      const open = second.meter.createUpDownCounter(name, { valueType: ValueType.INT });
      t.is((await shown(name))[name], 5);
      open.add(-5);
      t.is((await shown(name))[name], 0);
    },
  );

  test.serial(`SDK ${version}: two SDKs at once are added`, async (t) => {
    const name = page('both');
    for (const value of [1, 2]) {
      startSdk(sdk).meter.createCounter(name).add(value);
    }
    t.is((await shown(`${name}_total`))[`${name}_total`], 3);
  });
}
