// A real Prometheus server, configured as in examples/prometheus, scrapes a real cluster
// for a minute while its workers are killed and replaced, and is held to what was sent.
//
// Workers are killed when all requests sent are answered, so what was counted is known
// exactly, and soon after a scrape, so that none is in flight: often it is the very worker
// that Prometheus has its connection to.
//
// `rate()` and `increase()` extrapolate from the first and last sample in their window to
// its edges. Here the window begins and ends at a scrape, a millisecond wider so that it
// holds both whether or not its edges belong to it: nothing is left to extrapolate.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { root } from '../docs/program.js';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { type Child, startChild } from '../helpers/children.js';
import { Lateness } from '../helpers/lateness.js';
import { goFirst } from '../helpers/priority.js';
import { identity, openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import type { Scraped, ServerCommand } from '../programs/cluster-server.js';
import { type Kind, KnownTraffic } from './known-traffic.js';
import { type PrometheusServer, startConfigured } from './prometheus-server.js';

const WORKERS = 4;
const SCRAPES = 60;
const SCRAPES_PER_KILL = 4;
const PAUSE_BETWEEN_BATCHES_MS = 120;
/** A wait for the processor that tells of a machine with no time for what is tested. */
const BUSY_MS = 100;
const TOKEN = 'the-token-of-the-test';
const TOLERANCE = 0.01;
/** Prometheus may shift a scrape's time by 2 ms, and clocks here tick in milliseconds. */
const CLOCK_TOLERANCE_MS = 4;

const GET: Kind = { method: 'GET', path: '/tea', seconds: [0.1, 1] };
const POST: Kind = { method: 'POST', path: '/tea', seconds: [1, 2.5] };
const PUT: Kind = { method: 'PUT', path: '/coffee', seconds: [0.005, 0.1] };
const KINDS = [GET, POST, PUT];
const BATCH = [GET, GET, POST, PUT];

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  // OpenMetrics names the family without its `_total`, the text format with it.
  counter: ['', '_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
};

// A scrape that waits a second for a processor has failed, and says nothing of what is tested.
test.before(goFirst);

/** From one scrape to another. */
interface Window {
  readonly firstMs: number;
  readonly lastMs: number;
  /** As a range of PromQL. */
  readonly range: string;
}

/** A disk may take longer over an `fsync` than Prometheus waits. */
function directoryInMemory(t: ExecutionContext): string {
  const dir = mkdtempSync('/dev/shm/prom-multiproc-test-');
  t.teardown(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** The configuration of the examples, unchanged, with a target and a token of the test. */
function configure(t: ExecutionContext, port: number): string {
  const dir = temporaryDirectory(t);
  cpSync(path.join(root, 'examples/prometheus'), dir, { recursive: true });
  const target = {
    targets: [`127.0.0.1:${port}`],
    labels: { __scrape_interval__: '1s', __scrape_timeout__: '1s' },
  };
  writeFileSync(path.join(dir, 'targets/app.yml'), JSON.stringify([target]));
  writeFileSync(path.join(dir, 'token'), TOKEN);
  return path.join(dir, 'prometheus.yml');
}

/** Sends batches until so many scrapes were answered, and kills workers between them. */
async function churn(cluster: Child, traffic: KnownTraffic): Promise<number> {
  const tell = (command: ServerCommand) => cluster.request(command);
  const events = cluster.events as readonly Scraped[];
  const before = events.length;
  let kills = 0;
  let replaced: Promise<unknown> = Promise.resolve();
  while (events.length < before + SCRAPES) {
    await traffic.sendEach(BATCH);
    if (events.length - before >= (kills + 1) * SCRAPES_PER_KILL) {
      await replaced;
      // In turn who answered the last scrape, and who has lived longest.
      const pid = kills % 2 === 0 ? events.at(-1)?.pid : undefined;
      await tell({ do: 'kill', ...(pid !== undefined && { pid }) });
      kills++;
      replaced = tell({ do: 'add' });
    }
    await delay(PAUSE_BETWEEN_BATCHES_MS);
  }
  await replaced;
  return kills;
}

/** The time of the last successful scrape, once there is one after a time. */
async function scrapeAfter(prometheus: PrometheusServer, timeMs: number): Promise<number> {
  let lastMs = 0;
  await eventually(async () => {
    const [up] = await prometheus.scraped('up{job="app"}[10m]');
    lastMs = up?.samples.filter(([, value]) => value === 1).at(-1)?.[0] ?? 0;
    return lastMs > timeMs ? undefined : `no scrape after ${timeMs}`;
  });
  return lastMs;
}

function close(t: ExecutionContext, actual: number | undefined, expected: number, what: string) {
  const error = Math.abs((actual ?? Number.NaN) / expected - 1);
  t.true(error <= TOLERANCE, `${what} is ${actual}, sent was ${expected}`);
}

/**
 * Every scrape succeeded. One that took all the time that it had while the machine gave this
 * process no processor either says nothing of the cluster; there may be few of those.
 */
async function expectScrapes(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  lateness: Lateness,
  { lastMs, range }: Window,
): Promise<void> {
  const [up] = await prometheus.scraped(`up{job="app"}${range}`, lastMs);
  t.true((up?.samples.length ?? 0) >= SCRAPES, `${up?.samples.length} scrapes`);
  const selector = `scrape_duration_seconds{job="app"}${range}`;
  const [durations] = await prometheus.scraped(selector, lastMs);
  const failed = (durations?.samples ?? [])
    .filter((_, index) => up?.samples[index]?.[1] !== 1)
    .map(([time, seconds]) => ({
      seconds,
      lateMs: lateness.longest(time, time + seconds * 1000),
    }));
  if (failed.length > 0) t.log('failed scrapes', failed);
  const ours = failed.filter(({ seconds, lateMs }) => seconds < 1 || lateMs < BUSY_MS);
  t.deepEqual(ours, [], 'failed scrapes');
  t.true(failed.length <= SCRAPES / 10, 'the machine had time for the test');
}

/** At every scrape all series were there, and all workers but one at most. */
async function expectWholePages(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  { lastMs, range }: Window,
): Promise<void> {
  const [scrapes] = await prometheus.query(`sum_over_time(up{job="app"}${range})`, lastMs);
  const all = await prometheus.scraped(`{job="app",__name__=~"app_.*"}${range}`, lastMs);
  t.true(all.length > KINDS.length);
  for (const { metric, samples } of all) {
    t.is(samples.length, scrapes?.value as number, `scrapes with ${identity(metric)}`);
  }
  const workers = all.find(({ metric }) => metric.__name__ === 'app_workers');
  const outside = workers?.samples.filter(([, value]) => value < WORKERS - 1 || value > WORKERS);
  t.deepEqual(outside, [], 'workers that live');
}

/** No series of a counter, histogram or summary has gone down. Returns their names. */
async function expectNoResets(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  { lastMs, range }: Window,
): Promise<Set<string>> {
  const names = new Set<string>();
  for (const [family, type] of await prometheus.types()) {
    for (const suffix of SUFFIXES[type] ?? []) {
      const selector = `{job="app",__name__="${family}${suffix}"}`;
      const resets = await prometheus.query(`resets(${selector}${range})`, lastMs);
      t.deepEqual(
        resets.filter(({ value }) => value !== 0),
        [],
        `${family}${suffix} went down`,
      );
      if (resets.length > 0) names.add(`${family}${suffix}`);
    }
  }
  return names;
}

/** Each scrape shows all that was answered before it began, and nothing not yet sent when it ended. */
async function expectEverySample(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  traffic: KnownTraffic,
  { lastMs, range }: Window,
): Promise<void> {
  const selector = `scrape_duration_seconds{job="app"}${range}`;
  const [durations] = await prometheus.scraped(selector, lastMs);
  for (const kind of KINDS) {
    const [series] = await prometheus.scraped(
      `app_requests_total{method="${kind.method}",path="${kind.path}"}${range}`,
      lastMs,
    );
    const lasted = new Map(durations?.samples.map(([time, seconds]) => [time, seconds * 1000]));
    for (const [time, value] of series?.samples ?? []) {
      const endMs = time + (lasted.get(time) as number);
      const least = traffic.answeredBefore(kind, time - CLOCK_TOLERANCE_MS);
      const most = traffic.sentUntil(kind, endMs + CLOCK_TOLERANCE_MS);
      t.true(least <= value && value <= most, `${value} ${kind.method}, not ${least} to ${most}`);
    }
  }
}

/** `increase()`, `rate()` and quantiles of the whole window are those of what was sent. */
async function expectFunctions(
  t: ExecutionContext,
  prometheus: PrometheusServer,
  traffic: KnownTraffic,
  { firstMs, lastMs, range }: Window,
): Promise<void> {
  const query = async (expression: string) => {
    const [sample, ...more] = await prometheus.query(expression, lastMs);
    t.is(more.length, 0, expression);
    return sample?.value;
  };
  const histogram = 'app_request_duration_seconds';
  for (const kind of KINDS) {
    const sent = traffic.secondsSince(firstMs, kind);
    const labels = `{method="${kind.method}"}`;
    for (const counter of ['app_requests_total', `${histogram}_count`]) {
      const increase = `increase(${counter}${labels}${range})`;
      close(t, await query(increase), sent.length, increase);
      const rate = `rate(${counter}${labels}${range})`;
      close(t, await query(rate), (sent.length * 1000) / (lastMs - firstMs), rate);
    }
    const sum = `increase(${histogram}_sum${labels}${range})`;
    close(
      t,
      await query(sum),
      sent.reduce((a, b) => a + b),
      sum,
    );
    for (const q of [0.5, 0.9, 0.99]) {
      const quantile = `histogram_quantile(${q}, rate(${histogram}_bucket${labels}${range}))`;
      close(t, await query(quantile), sent[Math.ceil(q * sent.length) - 1] as number, quantile);
    }
  }
  const all = traffic.secondsSince(firstMs);
  for (const q of [0.5, 0.9, 0.99]) {
    const quantile = `histogram_quantile(${q}, sum by (le) (rate(${histogram}_bucket${range})))`;
    close(t, await query(quantile), all[Math.ceil(q * all.length) - 1] as number, quantile);
  }
}

for (const backend of expectedBackends()) {
  test(`${backend}: for a minute of workers killed no scrape fails, no counter falls, and Prometheus' functions give what was sent`, async (t) => {
    t.timeout(300_000);
    const { env: scene } = openScene(t, backend, directoryInMemory(t));
    const env = { ...scene, PROMETHEUS_MULTIPROC_TOKEN: TOKEN };
    const cluster = startChild(t, 'cluster-server', { env });
    const start: ServerCommand = { do: 'start', workers: WORKERS, defaultMetrics: true };
    const port = Number(await cluster.request(start));
    const traffic = new KnownTraffic(port);
    // A series that is not there at the first scrape increases from nothing known.
    await traffic.sendEach(KINDS);
    const lateness = new Lateness(t);
    const prometheus = await startConfigured(t, configure(t, port));
    const firstMs = await scrapeAfter(prometheus, 0);

    const kills = await churn(cluster, traffic);
    t.true(kills > SCRAPES / SCRAPES_PER_KILL / 2, `${kills} workers killed`);

    const lastMs = await scrapeAfter(prometheus, Date.now() + CLOCK_TOLERANCE_MS);
    const window = { firstMs, lastMs, range: `[${lastMs - firstMs + 1}ms]` };
    await expectScrapes(t, prometheus, lateness, window);
    await expectWholePages(t, prometheus, window);
    const names = await expectNoResets(t, prometheus, window);
    for (const name of [
      'app_requests_total',
      'app_request_duration_seconds_bucket',
      'app_request_size_bytes_sum',
      'process_cpu_seconds_total',
      'nodejs_gc_duration_seconds_count',
    ]) {
      t.true(names.has(name), `${name} is one of ${[...names]}`);
    }
    await expectEverySample(t, prometheus, traffic, window);
    await expectFunctions(t, prometheus, traffic, window);
    const workers = new Set((cluster.events as Scraped[]).map(({ pid }) => pid));
    t.log(`${kills} workers killed, scrapes answered by ${workers.size} workers`);
    t.true(workers.size > WORKERS, 'scraped were workers and those that came for them');
  });
}

test('examples/prometheus is a configuration that promtool finds no fault with', (t) => {
  const dir = temporaryDirectory(t);
  cpSync(path.join(root, 'examples/prometheus'), dir, { recursive: true });
  writeFileSync(path.join(dir, 'token'), TOKEN);
  const output = execFileSync('promtool', ['check', 'config', path.join(dir, 'prometheus.yml')]);
  t.regex(output.toString(), /SUCCESS/);
  t.regex(readFileSync(path.join(dir, 'targets/app.yml'), 'utf8'), /targets: \['127/);
});
