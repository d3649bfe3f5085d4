// Default metrics in several registries of one thread, merged through a directory.

import process from 'node:process';
import test from 'ava';
import { defaultMetricsCollector } from '../../src/default-metrics/collect-default-metrics.js';
import { collect, collectDefaultMetrics, Registry } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const cleanUps: (() => unknown)[] = [];
test.after.always(() => {
  for (const cleanUp of cleanUps) cleanUp();
});
// Read at the first metric.
process.env.PROMETHEUS_MULTIPROC_DIR = temporaryDirectory({
  teardown: (cleanUp) => cleanUps.push(cleanUp),
});

const page = async () => samplesByKey(await collect({ selfMetrics: false }));
const limitOf = (samples: Record<string, number>) => samples.process_max_fds;

test.serial('count once, whatever client package asks', async (t) => {
  const [one, two, three] = [new Registry(), new Registry(), new Registry()];
  collectDefaultMetrics({ register: one });
  const limit = limitOf(await page());
  t.true((limit ?? 0) > 0);
  collectDefaultMetrics({ register: two });
  defaultMetricsCollector({ utilization: true })({ register: three });
  t.is(limitOf(await page()), limit);
  for (const registry of [one, two, three]) {
    t.is(limitOf(samplesByKey(await registry.metrics())), limit);
  }
  t.is(one.getSingleMetric('nodejs_eventloop_utilization_histogram'), undefined);
  t.truthy(three.getSingleMetric('nodejs_eventloop_utilization_histogram'));

  const message = /process_cpu_user_seconds_total has already been registered/;
  t.throws(() => collectDefaultMetrics({ register: two }), { message });
  one.clear();
  t.is(limitOf(await page()), limit, 'the others still show them');
  two.clear();
  three.clear();
  t.deepEqual(await page(), {});
  collectDefaultMetrics({ register: one });
  t.is(limitOf(await page()), limit);
  one.clear();
});

test.serial('are of their own where they are asked for with other options', async (t) => {
  const [plain, prefixed, labelled] = [new Registry(), new Registry(), new Registry()];
  collectDefaultMetrics({ register: plain });
  collectDefaultMetrics({ register: prefixed, prefix: 'my_' });
  collectDefaultMetrics({ register: labelled, labels: { app: 'shop' } });
  const samples = await page();
  const limit = samples.process_max_fds;
  t.is(samples.my_process_max_fds, limit);
  t.is(samples['process_max_fds{app="shop"}'], limit);
  for (const registry of [plain, prefixed, labelled]) registry.clear();
});
