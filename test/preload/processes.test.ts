// Unchanged applications of many processes, with the preload: every process shows them all.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { CLIENTS, IMPORTED, Project } from './project.js';

/** A primary that counts nothing, and three workers that count and then give their pages. */
const clusterOf = (name: string) => `
  const cluster = require('node:cluster');
  const { once } = require('node:events');
  const client = require('${name}');
  if (cluster.isPrimary) main().then((result) => {
    console.log(JSON.stringify(result));
    for (const worker of Object.values(cluster.workers)) worker.kill();
  });
  else work();

  async function main() {
    const aggregator = new client.AggregatorRegistry();
    const workers = [1, 2, 3].map((id) => cluster.fork({ ID: id }));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    let sent = 0;
    for (const worker of workers) {
      const send = worker.send.bind(worker);
      worker.send = (message) => { sent++; return send(message); };
    }
    const clusterPage = await aggregator.clusterMetrics();
    const sentBefore = sent;
    const pages = await Promise.all(workers.map(async (worker) => {
      worker.send('page');
      return (await once(worker, 'message'))[0];
    }));
    return { clusterPage, sentBefore, ownPage: await client.register.metrics(), pages };
  }

  function work() {
    const id = Number(process.env.ID);
    client.register.setDefaultLabels({ app: 'eggs' });
    const counter = new client.Counter({ name: 'served_total', help: 'h', labelNames: ['code'] });
    const level = new client.Gauge({ name: 'level', help: 'h', aggregator: 'max' });
    const took = new client.Histogram({ name: 'took', help: 'h', buckets: [2, 5] });
    new client.Summary({ name: 'size', help: 'h' }).observe(id);
    const apart = new client.Registry();
    new client.Counter({ name: 'apart_total', help: 'h', registers: [apart] }).inc(id);
    counter.inc({ code: 200 }, id);
    level.set(id);
    took.observe(id);
    process.on('message', async (message) => {
      if (message !== 'page') return;
      process.send({
        page: await client.register.metrics(),
        single: await client.register.getSingleMetricAsString('served_total'),
        json: await client.register.getMetricsAsJSON(),
        apart: await apart.metrics(),
        own: (await counter.get()).values,
      });
    });
    setImmediate(() => process.send('ready'));
  }`;

interface WorkerPages {
  readonly page: string;
  readonly single: string;
  readonly json: readonly { name: string; aggregator: string; values: unknown[] }[];
  readonly apart: string;
  readonly own: unknown;
}

interface ClusterPages {
  readonly clusterPage: string;
  readonly sentBefore: number;
  readonly ownPage: string;
  readonly pages: readonly WorkerPages[];
}

const MERGED = {
  'served_total{app="eggs",code="200"}': 6,
  'level{app="eggs"}': 3,
  'took_bucket{app="eggs",le="2"}': 2,
  'took_bucket{app="eggs",le="5"}': 3,
  'took_bucket{app="eggs",le="+Inf"}': 3,
  'took_sum{app="eggs"}': 6,
  'took_count{app="eggs"}': 3,
  'size_sum{app="eggs"}': 6,
  'size_count{app="eggs"}': 3,
};

const cases = CLIENTS.flatMap((name) =>
  expectedBackends().map((backend) => [name, backend] as const),
);

for (const [name, backend] of cases) {
  test(`${backend}: each of three workers with ${name} gives the page of all, and so does the primary`, async (t) => {
    const project = new Project(t);
    const result = await project.run('app.cjs', clusterOf(name), {
      env: { PROMETHEUS_MULTIPROC_BACKEND: backend },
    });
    const { clusterPage, sentBefore, ownPage, pages } = result as ClusterPages;
    // A primary cannot know which registries of its workers are apart.
    const everything = { ...MERGED, apart_total: 6 };
    t.deepEqual(samplesByKey(clusterPage), everything);
    t.is(sentBefore, 0);
    t.is(ownPage, clusterPage);
    pages.forEach(({ page, single, json, apart, own }, i) => {
      t.deepEqual(samplesByKey(page), MERGED);
      t.is(
        single,
        '# HELP served_total h\n# TYPE served_total counter\nserved_total{code="200",app="eggs"} 6',
      );
      t.deepEqual(samplesByKey(apart), { apart_total: 6 });
      t.deepEqual(own, [{ value: i + 1, labels: { code: 200 } }]);
      const byName = Object.fromEntries(json.map((object) => [object.name, object]));
      t.deepEqual(Object.keys(byName).sort(), ['level', 'served_total', 'size', 'took']);
      t.is(byName.level?.aggregator, 'max');
      t.deepEqual(byName.served_total?.values, [
        { value: 6, labels: { code: '200', app: 'eggs' } },
      ]);
      t.deepEqual(byName.took?.values.slice(1, 4), [
        { metricName: 'took_bucket', value: 3, labels: { le: 5, app: 'eggs' } },
        { metricName: 'took_bucket', value: 3, labels: { le: '+Inf', app: 'eggs' } },
        { metricName: 'took_sum', value: 6, labels: { app: 'eggs' } },
      ]);
    });
  });
}

const INHERITED = `
  const { fork } = require('node:child_process');
  const { Worker, isMainThread, threadId } = require('node:worker_threads');
  const client = require('prom-client');
  const counter = new client.Counter({ name: 'm_total', help: 'h', labelNames: ['who'] });
  if (!isMainThread) counter.inc({ who: 'thread' });
  else if (process.argv[2] === 'child') counter.inc({ who: 'child' });
  else {
    counter.inc({ who: 'parent' });
    fork(__filename, ['child']).on('exit', () => {
      new Worker(__filename).on('exit', async () => {
        console.log(JSON.stringify(await client.register.metrics()));
      });
    });
  }`;

for (const [title, options] of [
  ['on the command line', { nodeArgs: IMPORTED }],
  ['in NODE_OPTIONS', { nodeArgs: [], env: { NODE_OPTIONS: IMPORTED.join(' ') } }],
] as const) {
  test(`child processes and worker threads inherit the preload ${title}`, async (t) => {
    const page = await new Project(t).run('app.cjs', INHERITED, options);
    t.deepEqual(samplesByKey(page as string), {
      'm_total{who="parent"}': 1,
      'm_total{who="child"}': 1,
      'm_total{who="thread"}': 1,
    });
  });
}

test('a metric that this process has not made yet is on the page, and the counter does not come and go', async (t) => {
  const project = new Project(t);
  const code = `const client = require('prom-client');
    if (process.argv.length > 2) throw new Error('no arguments');
    client.register.metrics().then((page) => console.log(JSON.stringify(page)));`;
  await project.output(
    'first.cjs',
    `const { Counter } = require('prom-client'); new Counter({ name: 'late_total', help: 'h' }).inc(7);`,
  );
  t.deepEqual(samplesByKey((await project.run('second.cjs', code)) as string), { late_total: 7 });
});

test("the library's own default registry shows it too, and nothing that is in another registry here", async (t) => {
  const project = new Project(t);
  await project.output(
    'first.mjs',
    `import { Counter, Registry } from 'prom-multiproc';
    new Counter({ name: 'late_total', help: 'h' }).inc(7);
    new Counter({ name: 'apart_total', help: 'h', registers: [new Registry()] }).inc(8);`,
    { nodeArgs: [] },
  );
  const code = `import { Counter, Registry, register } from 'prom-multiproc';
    const apart = new Registry();
    new Counter({ name: 'apart_total', help: 'h', registers: [apart] }).inc(1);
    const json = await register.getMetricsAsJSON();
    console.log(JSON.stringify({ page: await register.metrics(), apart: await apart.metrics(), json }));`;
  const { page, apart, json } = (await project.run('second.mjs', code, { nodeArgs: [] })) as {
    page: string;
    apart: string;
    json: unknown;
  };
  t.deepEqual(samplesByKey(page), { late_total: 7 });
  t.deepEqual(samplesByKey(apart), { apart_total: 9 });
  t.deepEqual(json, [
    {
      name: 'late_total',
      help: 'h',
      type: 'counter',
      aggregator: 'sum',
      values: [{ value: 7, labels: {} }],
    },
  ]);
});

for (const name of CLIENTS) {
  test(`${name}: a push gateway is pushed the page of all processes`, async (t) => {
    const pushed: string[] = [];
    const server = createServer(async (request, response) => {
      pushed.push(`${request.method} ${request.url}\n${await text(request)}`);
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const project = new Project(t);
    await project.output(
      'before.cjs',
      `const { Counter } = require('${name}'); new Counter({ name: 'm_total', help: 'h' }).inc(40);`,
    );
    await project.output(
      'app.cjs',
      `const { Counter, Pushgateway } = require('${name}');
      new Counter({ name: 'm_total', help: 'h' }).inc(2);
      new Pushgateway('http://127.0.0.1:${port}').push({ jobName: 'eggs' });`,
    );
    t.deepEqual(pushed, [
      'PUT /metrics/job/eggs\n# HELP m_total h\n# TYPE m_total counter\nm_total 42\n',
    ]);
  });
}
