// A cluster whose workers ask a PostgreSQL, a Redis and an HTTP server, measured by
// OpenTelemetry's instrumentations alone.

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import process from 'node:process';
import { metrics } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { Counter, installClusterHooks } from '../../src/index.js';
import {
  ClientSpanDurations,
  MultiprocMetricReader,
} from '../../src/integrations/opentelemetry/index.js';

/** How often a worker is to do what. */
export interface Work {
  readonly selects: number;
  readonly inserts: number;
  /** Queries of a table that is not there. */
  readonly failures: number;
  /** `SELECT pg_sleep(...)` of so many seconds. */
  readonly sleeps: readonly number[];
  readonly sets: number;
  readonly hits: number;
  readonly misses: number;
  /** Commands of a wrong type. */
  readonly wrong: number;
  readonly requests: number;
}

export interface Servers {
  readonly postgreSql: number;
  readonly redis: number;
  readonly http: number;
}

export type DatabasesCommand =
  | { readonly do: 'fork'; readonly servers: Servers }
  /** Answered when the worker of this pid has done it, and written what it measured. */
  | { readonly do: 'work'; readonly pid: number; readonly work: Work }
  | { readonly do: 'kill'; readonly pid: number };

if (cluster.isPrimary) supervise();
else await work(JSON.parse(process.env.SERVERS ?? '') as Servers);

function supervise(): void {
  installClusterHooks();
  process.on('message', async ({ id, command }: { id: number; command: DatabasesCommand }) => {
    process.send?.({ id, value: await carryOut(command) });
  });

  async function carryOut(command: DatabasesCommand): Promise<unknown> {
    if (command.do === 'fork') {
      const worker = cluster.fork({ SERVERS: JSON.stringify(command.servers) });
      await once(worker, 'message');
      return worker.process.pid;
    }
    const worker = Object.values(cluster.workers ?? {}).find(
      (one) => one?.process.pid === command.pid,
    ) as Worker;
    if (command.do === 'work') {
      worker.send(command.work);
      const [error] = await once(worker, 'message');
      if (error !== 'done') throw new Error(String(error));
      return undefined;
    }
    const gone = Promise.all([once(worker, 'exit'), once(worker, 'disconnect')]);
    worker.process.kill('SIGKILL');
    await gone;
    return undefined;
  }
}

async function work({ postgreSql, redis: redisPort, http }: Servers): Promise<void> {
  const reader = new MultiprocMetricReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meterProvider);
  const durations = new ClientSpanDurations({
    meterProvider,
    scopes: ['@opentelemetry/instrumentation-ioredis'],
  });
  const cacheRequests = new Counter({
    name: 'cache_requests_total',
    help: 'Reads of the cache, by what came of them.',
    labelNames: ['result'],
  });
  registerInstrumentations({
    meterProvider,
    tracerProvider: new BasicTracerProvider({ spanProcessors: [durations] }),
    instrumentations: [
      new PgInstrumentation(),
      new IORedisInstrumentation({
        requireParentSpan: false,
        responseHook: (_span, command, _args, response) => {
          if (command === 'get') cacheRequests.inc({ result: response === null ? 'miss' : 'hit' });
        },
      }),
      new UndiciInstrumentation(),
      new RuntimeNodeInstrumentation(),
    ],
  });
  // Instrumentations see what is loaded after them.
  const require = createRequire(import.meta.url);
  const pg = require('pg') as typeof import('pg');
  const ioredis = require('ioredis') as typeof import('ioredis');
  const connection = { host: '127.0.0.1', user: 'postgres', database: 'postgres' };
  const pool = new pg.Pool({ ...connection, port: postgreSql, max: 2, idleTimeoutMillis: 0 });
  const redis = new ioredis.Redis({ host: '127.0.0.1', port: redisPort });
  await redis.ping();
  process.on('message', async (given: Work) => {
    let answer = 'done';
    try {
      await carryOut(given, { pool, redis, http });
      await reader.forceFlush();
    } catch (error) {
      answer = (error as Error).stack ?? String(error);
    }
    process.send?.(answer);
  });
  process.send?.('ready');
}

async function carryOut(
  given: Work,
  { pool, redis, http }: { pool: Pool; redis: Redis; http: number },
): Promise<void> {
  const times = async (count: number, action: () => Promise<unknown>) => {
    for (let i = 0; i < count; i++) await action();
  };
  const refused = async (action: Promise<unknown>) => {
    const error = await action.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) throw new Error('what must fail did not');
  };
  // First: the pool gives up the connection of a query that failed.
  await times(given.failures, () => refused(pool.query('SELECT * FROM nowhere')));
  await times(given.selects, () => pool.query('SELECT 1'));
  await times(given.inserts, () => pool.query('INSERT INTO things VALUES (1)'));
  for (const seconds of given.sleeps) await pool.query('SELECT pg_sleep($1)', [seconds]);
  await times(given.sets, () => redis.set('there', 'value'));
  await times(given.hits, () => redis.get('there'));
  await times(given.misses, () => redis.get('not there'));
  await times(given.wrong, () => refused(redis.lpush('there', 'x')));
  await times(given.requests, async () => (await fetch(`http://127.0.0.1:${http}/`)).text());
}
