// collectDefaultMetrics() of client packages, preloaded: what is a process's counts once.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { CLIENTS, Project } from './project.js';

/** The page of all that live now, made by a process that has no metrics of its own. */
const PAGE_ELSEWHERE = `
  function pageElsewhere() {
    const { execFileSync } = require('node:child_process');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const code = "require('prom-multiproc').collect().then((page) => console.log(page))";
    return execFileSync(process.execPath, ['-e', code], { env, encoding: 'utf8' });
  }`;

const COPIES = `
  ${PAGE_ELSEWHERE}
  const assert = require('node:assert');
  const clients = [...${JSON.stringify(CLIENTS)}, './node_modules/nested/node_modules/prom-client']
    .map((name) => require(name));
  assert.equal(new Set(clients).size, 4);
  for (const client of clients) client.collectDefaultMetrics();
  Promise.all(clients.map((client) => client.register.metrics())).then((pages) => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    console.log(JSON.stringify({
      pages: [...pages, pageElsewhere()],
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      limit: process.report.getReport().userLimits.open_files.soft,
    }));
  });`;

const THREADS = (name: string) => `
  ${PAGE_ELSEWHERE}
  const { once } = require('node:events');
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  const client = require('${name}');
  client.collectDefaultMetrics();
  if (isMainThread) main();
  else parentPort.on('message', async (message) => {
    if (message === 'end') process.exit();
    parentPort.postMessage(await client.register.metrics());
  });
  async function main() {
    const threads = [1, 2, 3].map(() => new Worker(__filename));
    const ask = (thread) => {
      thread.postMessage('page');
      return once(thread, 'message').then(([page]) => page);
    };
    const early = await Promise.all(threads.map(ask));
    const ownPage = await client.register.metrics();
    const pages = [ownPage, ...(await Promise.all(threads.map(ask))), pageElsewhere()];
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    console.log(JSON.stringify({
      early,
      pages,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      limit: process.report.getReport().userLimits.open_files.soft,
    }));
    for (const thread of threads) thread.postMessage('end');
  }`;

/** One of two threads blocks, as threads of a pool do that wait for work; the main thread asks for nothing. */
const BLOCKED = `
  ${PAGE_ELSEWHERE}
  const { once } = require('node:events');
  const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
  const client = require('prom-client');
  if (isMainThread) main();
  else {
    client.collectDefaultMetrics();
    client.register.metrics().then(() => parentPort.postMessage('sampled'));
    parentPort.on('message', () => Atomics.wait(workerData, 0, 0));
    let rounds = 0;
    new client.Gauge({ name: 'rounds', help: 'h', collect() {
      rounds++;
      if (rounds === 30) parentPort.postMessage('many rounds');
    } });
  }
  async function main() {
    const word = new Int32Array(new SharedArrayBuffer(4));
    const first = new Worker(__filename, { workerData: word });
    await once(first, 'message');
    first.postMessage('block');
    const second = new Worker(__filename, { workerData: word });
    await once(second, 'message');
    await once(second, 'message');
    const page = pageElsewhere();
    const limit = process.report.getReport().userLimits.open_files.soft;
    console.log(JSON.stringify({ pages: [page], limit }));
    process.exit();
  }`;

interface Result {
  /** Before the main thread, which speaks for the process, has been asked: it may not have been sampled yet. */
  readonly early?: readonly string[];
  readonly pages: readonly string[];
  readonly cpuSeconds: number;
  readonly limit: number;
}

for (const backend of expectedBackends()) {
  const env = { PROMETHEUS_MULTIPROC_BACKEND: backend };

  test(`${backend}: four copies of client packages that all ask for default metrics show them once`, async (t) => {
    const project = new Project(t);
    project.copy('prom-client', 'nested/node_modules/prom-client');
    const { pages, cpuSeconds, limit } = (await project.run('app.cjs', COPIES, { env })) as Result;
    for (const samples of pages.map(samplesByKey)) {
      t.is(samples.process_max_fds, limit);
      t.is(samples[`nodejs_version_info{${versionLabels()}}`], 1);
      t.true((samples.process_cpu_seconds_total as number) < cpuSeconds);
    }
    const elsewhere = samplesByKey(pages.at(-1) as string);
    t.true((elsewhere.process_start_time_seconds as number) > 0);
    // One of the packages measures the event loop's utilization.
    t.is(typeof elsewhere.nodejs_eventloop_utilization_histogram_count, 'number');
  });

  for (const name of CLIENTS) {
    test(`${backend}: a process whose threads all ask ${name} for default metrics counts once`, async (t) => {
      const project = new Project(t);
      const result = (await project.run('app.cjs', THREADS(name), { env })) as Result;
      for (const samples of result.early?.map(samplesByKey) ?? []) {
        t.true((samples.process_max_fds as number) <= result.limit);
      }
      for (const samples of result.pages.map(samplesByKey)) {
        t.is(samples.process_max_fds, result.limit);
        t.true((samples.process_cpu_seconds_total as number) < result.cpuSeconds);
      }
    });
  }
}

test('callbacks run on a timer that keeps nothing alive, and at the end', async (t) => {
  const project = new Project(t);
  const code = `const client = require('prom-client');
    let rounds = 0;
    new client.Gauge({ name: 'rounds', help: 'h', aggregator: 'max', collect() {
      rounds++;
      if (rounds === 3) clearInterval(alive);
    } });
    const atEnd = new client.Counter({ name: 'ended_total', help: 'h', collect() {
      if (this.ended) this.inc();
    } });
    const alive = setInterval(() => {}, 1000);
    process.prependListener('exit', () => { atEnd.ended = true; });
    process.on('exit', () => console.log(JSON.stringify(rounds)));`;
  const env = { PROMETHEUS_MULTIPROC_SAMPLE_MS: '10' };
  t.true(((await project.run('app.cjs', code, { env })) as number) >= 3);
  t.is((await project.page()).ended_total, 1);
});

test('a thread that speaks for its process and blocks is not said twice', async (t) => {
  const env = { PROMETHEUS_MULTIPROC_SAMPLE_MS: '10' };
  const { pages, limit } = (await new Project(t).run('app.cjs', BLOCKED, { env })) as Result;
  for (const samples of pages.map(samplesByKey)) t.is(samples.process_max_fds, limit);
});

for (const name of CLIENTS) {
  test(`${name}: default metrics go where the package's own would go, and refuse what those refuse`, async (t) => {
    const code = `
      const client = require('${name}');
      const { collectDefaultMetrics, register, Registry } = client;
      const names = (registry) => registry.getMetricsAsArray().map(({ name }) => name);
      const error = (action) => { try { action(); } catch ({ name, message }) { return { name, message }; } };
      const apart = new Registry();
      collectDefaultMetrics({ register: apart, prefix: 'apart_', labels: { app: 'eggs' } });
      const before = names(register);
      collectDefaultMetrics();
      const result = {
        function: [collectDefaultMetrics.name, collectDefaultMetrics.metricsList],
        before,
        names: names(register),
        apart: names(apart),
        refused: [error(() => collectDefaultMetrics('x')), error(() => collectDefaultMetrics())],
      };
      register.clear();
      collectDefaultMetrics(null);
      console.log(JSON.stringify({ ...result, again: names(register) }));
      process.exit();`;
    const project = new Project(t);
    const plain = await project.run('app.cjs', code, { nodeArgs: [] });
    t.deepEqual(await project.run('app.cjs', code), plain);
  });
}

function versionLabels(): string {
  const [major, minor, patch] = process.versions.node.split('.');
  const labels = { version: process.version, major, minor, patch };
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}
