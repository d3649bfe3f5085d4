// OpenTelemetry's instrumentations in a cluster, against a real PostgreSQL, a real Redis
// and an HTTP server: the page says what was sent.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import type { Sample } from '../../../src/index.js';
import { expectedBackends } from '../../helpers/backends.js';
import { startChild } from '../../helpers/children.js';
import { startPostgreSql, startRedis } from '../../helpers/databases.js';
import { openScene, type Writer } from '../../helpers/scene.js';
import type { Teardown } from '../../helpers/temporary-directory.js';
import type { DatabasesCommand, Servers, Work } from '../../programs/databases.js';

const PG = '@opentelemetry/instrumentation-pg';
const REDIS = '@opentelemetry/instrumentation-ioredis';
const DURATION = 'db_client_operation_duration_seconds';
const CONNECTIONS = 'db_client_connection_count';

const NOTHING: Work = {
  selects: 0,
  inserts: 0,
  failures: 0,
  sleeps: [],
  sets: 0,
  hits: 0,
  misses: 0,
  wrong: 0,
  requests: 0,
};

const afterwards: (() => unknown)[] = [];
const ofAllTests: Teardown = { teardown: (run) => afterwards.push(run) };
let servers: Servers;

test.before('servers', async () => {
  const http = createServer((_, response) => response.end('here'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  ofAllTests.teardown(() => http.close());
  const postgreSql = await startPostgreSql(ofAllTests);
  const client = new pg.Client({
    host: '127.0.0.1',
    port: postgreSql,
    user: 'postgres',
    database: 'postgres',
  });
  await client.connect();
  await client.query('CREATE TABLE things (id integer)');
  await client.end();
  const redis = await startRedis(ofAllTests);
  servers = { postgreSql, redis, http: (http.address() as AddressInfo).port };
});

test.after.always('servers are stopped', async () => {
  for (const run of afterwards.reverse()) await run();
});

function startCluster(t: ExecutionContext, backend: string) {
  const { env, reader } = openScene(t, backend);
  const primary = startChild(t, 'databases', {
    // No round of sampling comes in the time of a test: workers write when they have worked.
    env: { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: '3600000' },
  });
  const tell = (command: DatabasesCommand) => primary.request(command);
  return {
    reader,
    fork: async () => (await tell({ do: 'fork', servers })) as number,
    work: (pid: number, work: Partial<Work>) =>
      tell({ do: 'work', pid, work: { ...NOTHING, ...work } }),
    kill: (pid: number) => tell({ do: 'kill', pid }),
  };
}

type Labels = Readonly<Record<string, string>>;

/** The sum of the samples of a name that have all of these labels; an empty one is one that is not there. */
async function sumOf(reader: Writer, name: string, labels: Labels = {}): Promise<number> {
  const fits = (sample: Sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => (sample.labels[label] ?? '') === value);
  const families = await reader.families({ names: [name] });
  const samples = families.flatMap((family) => family.samples).filter(fits);
  return samples.reduce((sum, { value }) => sum + value, 0);
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: queries, durations and errors are those that were sent`, async (t) => {
    const { reader, fork, work, kill } = startCluster(t, backend);
    const [a, b, c] = [await fork(), await fork(), await fork()];
    const count = (labels: Labels) => sumOf(reader, `${DURATION}_count`, labels);
    const queries = (operation: string, error = '') =>
      count({ otel_scope_name: PG, db_operation_name: operation, error_type: error });
    const commands = (operation: string, error = '') =>
      count({ otel_scope_name: REDIS, db_operation_name: operation, error_type: error });
    const everything = async () => ({
      selects: await queries('SELECT'),
      inserts: await queries('INSERT'),
      failures:
        (await count({ otel_scope_name: PG })) -
        (await count({ otel_scope_name: PG, error_type: '' })),
      sets: await commands('set'),
      gets: await commands('get'),
      wrong: await commands('lpush', '_OTHER'),
      requests: await sumOf(reader, 'http_client_request_duration_seconds_count', {
        http_response_status_code: '200',
      }),
      hits: await sumOf(reader, 'cache_requests_total', { result: 'hit' }),
      misses: await sumOf(reader, 'cache_requests_total', { result: 'miss' }),
    });
    // Of both states: the instrumentation looks before the pool has put a connection back.
    const connections = () => sumOf(reader, CONNECTIONS);

    await work(a, { selects: 7, failures: 2, sets: 1, hits: 5, misses: 1, wrong: 1 });
    await work(b, { selects: 1, inserts: 3, sleeps: [0.02, 0.2], sets: 1, hits: 10 });
    await work(c, { inserts: 1, sets: 2, hits: 3, misses: 1, wrong: 2, requests: 4 });
    const sent = {
      selects: 10,
      inserts: 4,
      failures: 2,
      sets: 4,
      gets: 20,
      wrong: 3,
      requests: 4,
      hits: 18,
      misses: 2,
    };
    t.deepEqual(await everything(), sent);
    t.is(sent.hits / (sent.hits + sent.misses), 0.9, 'the hit rate of the recipe');

    // The two that slept took at least as long as that, and are in buckets beyond.
    const selects = { otel_scope_name: PG, db_operation_name: 'SELECT', error_type: '' };
    const upTo = (le: string) => sumOf(reader, `${DURATION}_bucket`, { ...selects, le });
    t.true((await sumOf(reader, `${DURATION}_sum`, selects)) >= 0.22);
    t.true((await upTo('0.01')) <= 8);
    t.true((await upTo('0.1')) <= 9);
    t.is(await upTo('+Inf'), 10);

    t.is(await connections(), 3);
    t.is(await sumOf(reader, 'db_client_connection_max'), 6);
    const processes = await reader.samples('nodejs_eventloop_utilization');
    t.deepEqual(processes.map(({ labels }) => Number(labels.pid)).sort(), [a, b, c].sort());

    await kill(b);
    t.deepEqual(await everything(), sent, 'nothing that was counted goes with the worker');
    t.is(await connections(), 2);
    t.is(await sumOf(reader, 'db_client_connection_max'), 4);
    t.is((await reader.samples('nodejs_eventloop_utilization')).length, 2);

    const d = await fork();
    await work(d, { selects: 5, misses: 2 });
    await work(a, { hits: 1 });
    t.deepEqual(await everything(), { ...sent, selects: 15, gets: 23, hits: 19, misses: 4 });
    t.is(await connections(), 3);
  });
}
