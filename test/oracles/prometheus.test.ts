// A real Prometheus server scrapes a real cluster, and its query API gives the values
// that the page has.

import test, { type ExecutionContext } from 'ava';
import type { Family } from '../../src/index.js';
import { expectedBackends } from '../helpers/backends.js';
import { type Child, startChild } from '../helpers/children.js';
import { ask } from '../helpers/http.js';
import { identity, openScene, type Writer } from '../helpers/scene.js';
import type { Scraped, ServerCommand } from '../programs/cluster-server.js';
import { type PrometheusServer, type QueriedSample, startPrometheus } from './prometheus-server.js';

const WORKERS = 3;
/** Scrapes, one a second, after which Prometheus must show what the page shows. */
const MAX_SCRAPES = 30;

/** The one series that is another at every scrape. */
const TIMED = 'prom_multiproc_collect_duration_seconds';
const EVERYTHING = `{job="app",__name__=~"app_.*|prom_multiproc_.*",__name__!="${TIMED}"}`;

const ROUTES: readonly string[] = [
  'GET /?seconds=0.001',
  'GET /eggs?seconds=0.1',
  'POST /eggs?seconds=2.5&price=1e-7',
  'PUT /%F0%9F%A6%89?seconds=7&big=1e21&third=0.3333333333333333',
  'DELETE /%22quoted%22%5C?seconds=0.5&nothing=NaN&most=Infinity&least=-Infinity',
];

/** Every series of the target, as text that is equal for equal name, labels and value. */
type SeriesMap = Readonly<Record<string, string>>;

function key(name: string, { le, ...labels }: Readonly<Record<string, string>>): string {
  // The formats write bounds differently: by their number they are the same.
  const bound = le === undefined ? {} : { le: String(Number(le.replace('Inf', 'Infinity'))) };
  return `${name} ${identity({ ...labels, ...bound })}`;
}

function ofPage(families: readonly Family[]): SeriesMap {
  const samples = families.flatMap((family) => family.samples);
  return Object.fromEntries(
    samples
      .filter(({ name }) => name !== TIMED)
      .map(({ name, labels, value }) => [key(name, labels), String(value)]),
  );
}

function ofPrometheus(samples: readonly QueriedSample[]): SeriesMap {
  return Object.fromEntries(
    samples.map(({ metric: { __name__: name = '', instance, job, ...labels }, value }) => [
      key(name, labels),
      String(value),
    ]),
  );
}

async function startCluster(t: ExecutionContext, backend: string) {
  const { env, reader } = openScene(t, backend);
  const cluster = startChild(t, 'cluster-server', { env });
  const tell = (command: ServerCommand) => cluster.request(command);
  const port = Number(await tell({ do: 'start', workers: WORKERS }));
  const load = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        ROUTES.map(async (route) => {
          const [method = '', url = ''] = route.split(' ');
          const { status } = await ask(`http://127.0.0.1:${port}${url}`, { method });
          t.is(status, 200);
        }),
      );
    }
  };
  return { cluster, load, port, reader, tell };
}

/** Looks after each scrape whether Prometheus shows what the page shows, and gives both. */
async function afterScrapes(
  cluster: Child,
  prometheus: PrometheusServer,
  reader: Writer,
): Promise<{ page: SeriesMap; queried: SeriesMap }> {
  let page: SeriesMap = {};
  let queried: SeriesMap = {};
  const heard = cluster.events.length;
  for (let scrape = 1; scrape <= MAX_SCRAPES; scrape++) {
    await cluster.heard(heard + scrape);
    queried = ofPrometheus(await prometheus.query(EVERYTHING));
    // The page of now: dead workers are being folded into the archive.
    page = ofPage(await reader.families());
    if (Object.entries(page).every(([series, value]) => queried[series] === value)) break;
  }
  return { page, queried };
}

for (const backend of expectedBackends()) {
  test.serial(
    `${backend}: Prometheus gives the values of the page, also after a worker was killed`,
    async (t) => {
      t.timeout(3 * MAX_SCRAPES * 1000);
      const { cluster, load, port, reader, tell } = await startCluster(t, backend);
      await load(20);
      const prometheus = await startPrometheus(t, port);

      const first = await afterScrapes(cluster, prometheus, reader);
      t.deepEqual(first.queried, first.page);
      t.is(first.page[key('app_requests_total', { path: '/eggs', method: 'POST' })], '20');
      t.is(first.page[key('app_workers', {})], String(WORKERS));
      t.is(first.page[key('app_request_duration_seconds_count', { method: 'PUT' })], '20');

      await tell({ do: 'kill' });
      await tell({ do: 'add' });
      await load(10);
      const second = await afterScrapes(cluster, prometheus, reader);
      t.deepEqual(second.queried, second.page);
      t.is(second.page[key('app_requests_total', { path: '/eggs', method: 'POST' })], '30');
      t.is(second.page[key('app_workers', {})], String(WORKERS));
      t.is(second.page[key('app_longest_request_seconds', {})], '7');

      for (const counter of [
        'app_requests_total',
        'app_request_duration_seconds_bucket',
        'app_request_duration_seconds_sum',
        'app_request_size_bytes_count',
      ]) {
        const resets = await prometheus.query(`resets(${counter}[10m])`);
        t.true(resets.length > 0, counter);
        t.deepEqual(
          resets.filter(({ value }) => value !== 0),
          [],
          `${counter} has gone down`,
        );
      }
      const accepts = new Set((cluster.events as Scraped[]).map(({ accept }) => accept));
      t.log(`Accept: ${[...accepts].join(' | ')}`);
    },
  );
}
