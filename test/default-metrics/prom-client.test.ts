// Side by side with prom-client, in a process without a directory.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import test, { type ExecutionContext } from 'ava';
import * as theirs from 'prom-client';
import { defaultMetricsCollector } from '../../src/default-metrics/collect-default-metrics.js';
import * as ours from '../../src/index.js';

type Client = typeof theirs;
const CLIENTS = { theirs, ours: ours as unknown as Client };

interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly labelSets: readonly string[];
}

/** Metrics whose series depend on what the process does at the moment. */
const VARYING = /nodejs_(?:active_\w+|gc_duration_seconds)$/;

async function describe(client: Client, options: Record<string, unknown>): Promise<Described[]> {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ ...options, register: registry });
  await delaysAreSeen(options);
  // The lag is on the page after the one that measures it.
  await registry.metrics();
  await new Promise(setImmediate);
  const metrics = await registry.getMetricsAsJSON();
  registry.clear();
  return metrics.map(({ name, help, type, aggregator, values }) => {
    const sets = values.map(({ labels }) => JSON.stringify(sorted(labels)));
    return {
      name,
      help,
      type: typeName(client, type),
      aggregator,
      labelSets: VARYING.test(name) ? [] : [...new Set(sets)].sort(),
    };
  });
}

/** Until then prom-client shows what a monitor says that has seen nothing, and we nothing. */
async function delaysAreSeen({
  eventLoopMonitoringPrecision: precision = 10,
}: Record<string, unknown>): Promise<void> {
  const monitor = monitorEventLoopDelay({ resolution: precision as number });
  monitor.enable();
  while (monitor.count < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  monitor.disable();
}

function sorted(labels: object): object {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** prom-client numbers its types in TypeScript's declarations, and names them when it runs. */
function typeName(client: Client, type: unknown): string {
  return typeof type === 'number' ? (client.MetricType[type] as string).toLowerCase() : `${type}`;
}

async function compare(t: ExecutionContext, options: Record<string, unknown>): Promise<void> {
  const [expected, found] = [
    await describe(CLIENTS.theirs, options),
    await describe(CLIENTS.ours, options),
  ];
  t.true(found.length > 25);
  t.deepEqual(found, expected);
}

test.serial('names, help, types, aggregators, labels and order are prom-client’s', (t) =>
  compare(t, {}),
);

test.serial('so they are with a prefix', (t) => compare(t, { prefix: 'my_' }));

test.serial('so they are with labels', (t) =>
  compare(t, { prefix: 'labelled_', labels: { app: 'shop', instance: 0 } }),
);

test.serial('so they are with buckets and a precision of its own', (t) =>
  compare(t, { gcDurationBuckets: [0.5, 1], eventLoopMonitoringPrecision: 42 }),
);

test('the list of groups is prom-client’s', (t) => {
  t.deepEqual(
    ours.collectDefaultMetrics.metricsList,
    theirs.collectDefaultMetrics.metricsList as unknown as string[],
  );
});

async function valuesOf(client: Client): Promise<Record<string, number>> {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  await registry.metrics();
  const json = await registry.getMetricsAsJSON();
  registry.clear();
  const values = json.flatMap(({ name, values: list }) =>
    list.map(({ labels, value }) => [`${name}${JSON.stringify(labels)}`, value] as const),
  );
  return Object.fromEntries(values);
}

test.serial('what does not change from one moment to the next is the same', async (t) => {
  const [expected, found] = [await valuesOf(CLIENTS.theirs), await valuesOf(CLIENTS.ours)];
  for (const steady of [
    'process_max_fds{}',
    'process_open_fds{}',
    'process_start_time_seconds{}',
  ]) {
    t.is(found[steady], expected[steady], steady);
    t.true((found[steady] ?? 0) > 0, steady);
  }
  const versions = Object.entries(found).filter(([key]) => key.startsWith('nodejs_version_info'));
  t.deepEqual(
    versions,
    Object.entries(expected).filter(([key]) => key.startsWith('nodejs_version_info')),
  );
  for (const near of ['process_resident_memory_bytes{}', 'nodejs_heap_size_used_bytes{}']) {
    const ratio = (found[near] ?? 0) / (expected[near] ?? 0);
    t.true(ratio > 0.5 && ratio < 2, `${near} is ${ratio} times prom-client’s`);
  }
});

for (const [name, client] of Object.entries(CLIENTS)) {
  test.serial(`${name}: what is no object throws`, (t) => {
    for (const wrong of ['', 'x', 1, true]) {
      t.throws(() => client.collectDefaultMetrics(wrong as never), {
        instanceOf: TypeError,
        message: 'config must be null, undefined, or an object',
      });
    }
    t.is(client.register.getMetricsAsArray().length, 0);
  });

  test.serial(`${name}: a second call throws, and one after clear() does not`, (t) => {
    t.teardown(() => client.register.clear());
    client.collectDefaultMetrics(null as never);
    t.throws(() => client.collectDefaultMetrics(), {
      message: 'A metric with the name process_cpu_user_seconds_total has already been registered.',
    });
    client.register.clear();
    client.collectDefaultMetrics();
    t.true(client.register.getMetricsAsArray().length > 25);
  });

  test.serial(`${name}: CPU time counts from the call, in each registry`, async (t) => {
    const [one, two] = [new client.Registry(), new client.Registry()];
    client.collectDefaultMetrics({ register: one });
    burnCpu(60_000);
    client.collectDefaultMetrics({ register: two });
    burnCpu(60_000);
    const user = async (registry: theirs.Registry) =>
      (await registry.getSingleMetric('process_cpu_seconds_total')?.get())?.values[0]?.value ?? 0;
    await one.metrics();
    await two.metrics();
    t.true((await user(one)) >= 0.12, 'the first counts both');
    t.true((await user(two)) >= 0.06, 'the second counts what came after it');
    t.true((await user(two)) < (await user(one)) - 0.05, 'and nothing of what was before');
    one.clear();
    two.clear();
  });

  test.serial(`${name}: values come back after resetMetrics()`, async (t) => {
    const registry = new client.Registry();
    client.collectDefaultMetrics({ register: registry, labels: { app: 'shop' } });
    await registry.metrics();
    registry.resetMetrics();
    const page = await registry.metrics();
    t.regex(page, /^nodejs_version_info\{.*app="shop".*\} 1$/m);
    t.regex(page, /^process_resident_memory_bytes\{app="shop"\} [1-9]\d+$/m);
    registry.clear();
  });
}

/** Spends CPU time of this process, however busy the machine is. */
function burnCpu(microseconds: number): void {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= microseconds) return;
  }
}

test.serial('types of handles that are gone leave the page', async (t) => {
  const registry = new ours.Registry();
  ours.collectDefaultMetrics({ register: registry });
  const timer = setTimeout(() => {}, 60_000);
  t.regex(await registry.metrics(), /nodejs_active_resources\{type="Timeout"\} [1-9]/);
  const others = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length - 1;
  clearTimeout(timer);
  const page = await registry.metrics();
  if (others === 0) t.notRegex(page, /nodejs_active_resources\{type="Timeout"\}/);
  else t.regex(page, new RegExp(`nodejs_active_resources\\{type="Timeout"\\} ${others}`));
  registry.clear();
});

test.serial('utilization of the event loop is there for the package that has it', async (t) => {
  const collect = defaultMetricsCollector({ utilization: true });
  t.deepEqual(
    collect.metricsList.filter((name) => !ours.collectDefaultMetrics.metricsList.includes(name)),
    ['eventLoopUtilization'],
  );
  const registry = new ours.Registry();
  const options = { eventLoopUtilizationTimeout: 5, eventLoopUtilizationBuckets: [0.5, 1] };
  collect({ register: registry, labels: { app: 'shop' }, ...options });
  const histogram = registry.getSingleMetric('nodejs_eventloop_utilization_histogram');
  const observed = async () => (await histogram?.get())?.values.at(-1)?.value ?? 0;
  while ((await observed()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const page = await registry.metrics();
  t.regex(page, /^nodejs_eventloop_utilization_histogram_bucket\{app="shop",le="0.5"\} /m);
  t.regex(page, /^nodejs_eventloop_utilization_summary_count\{app="shop"\} [1-9]/m);
  registry.clear();
});

test.serial('a registry can be given for calls that name none', (t) => {
  const registry = new ours.Registry();
  defaultMetricsCollector({ registry: () => registry as never })();
  t.true(registry.getMetricsAsArray().length > 25);
  t.is(ours.register.getMetricsAsArray().length, 0);
  registry.clear();
});
