// An HTTP server of several worker processes that counts what it serves, and any worker
// of which serves the metrics of all. A worker that dies is replaced.

import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  installClusterHooks,
  metricsHandler,
  Summary,
} from '../../src/index.js';

export type ServerCommand =
  /** Answered with the port when so many workers listen. */
  | { readonly do: 'start'; readonly workers: number; readonly defaultMetrics?: boolean }
  /** Kills one worker, or that of a pid, with SIGKILL; answered when it is gone. */
  | { readonly do: 'kill'; readonly pid?: number }
  /** Starts a worker; answered when it listens. */
  | { readonly do: 'add' };

/** What the child says unasked: a worker was asked for metrics, and has answered. */
export interface Scraped {
  readonly accept: string | undefined;
  readonly pid: number;
}

/** The argument of workers that collect them. */
const DEFAULT_METRICS = 'default-metrics';

if (cluster.isPrimary) supervise();
else await work();

function supervise(): void {
  installClusterHooks();
  cluster.on('message', (_worker, message) => process.send?.({ event: message }));
  process.on('message', async ({ id, command }: { id: number; command: ServerCommand }) => {
    process.send?.({ id, value: await carryOut(command) });
  });

  async function carryOut(command: ServerCommand): Promise<unknown> {
    if (command.do === 'start') {
      if (command.defaultMetrics) cluster.setupPrimary({ args: [DEFAULT_METRICS] });
      const ports = Array.from({ length: command.workers }, forkWorker);
      return (await Promise.all(ports))[0];
    }
    if (command.do === 'add') return forkWorker();
    const victim = Object.values(cluster.workers ?? {}).find(
      (worker) => command.pid === undefined || worker?.process.pid === command.pid,
    );
    if (victim === undefined) throw new Error('no such worker');
    // Until it is disconnected as well, the primary may hand it connections, which are lost.
    const gone = Promise.all([once(victim, 'exit'), once(victim, 'disconnect')]);
    victim.process.kill('SIGKILL');
    await gone;
    return undefined;
  }

  /** Resolves with its port when it listens. */
  async function forkWorker(): Promise<number> {
    const [address] = (await once(cluster.fork(), 'listening')) as [AddressInfo];
    return address.port;
  }
}

async function work(): Promise<void> {
  const requests = new Counter({
    name: 'app_requests_total',
    help: 'Requests by path and method.',
    labelNames: ['path', 'method'],
  });
  const duration = new Histogram({
    name: 'app_request_duration_seconds',
    help: 'Durations as the client says.',
    labelNames: ['method'],
    buckets: [0.005, 0.1, 1, 2.5],
  });
  const size = new Summary({ name: 'app_request_size_bytes', help: 'Sizes of requests.' });
  const workers = new Gauge({ name: 'app_workers', help: 'Workers that live.' });
  const longest = new Gauge({
    name: 'app_longest_request_seconds',
    help: 'The longest duration of all.',
    multiprocessMode: 'max',
  });
  const last = new Gauge({
    name: 'app_last_value',
    help: 'What was sent last, by kind.',
    labelNames: ['kind'],
    multiprocessMode: 'mostrecent',
  });
  if (process.argv.includes(DEFAULT_METRICS)) collectDefaultMetrics();
  const metrics = metricsHandler();
  let longestSeconds = 0;

  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    if (pathname === '/metrics') {
      const scraped: Scraped = { accept: req.headers.accept, pid: process.pid };
      res.once('close', () => process.send?.(scraped));
      metrics(req, res);
      return;
    }
    const seconds = Number(searchParams.get('seconds'));
    const method = req.method ?? '';
    requests.inc({ path: decodeURIComponent(pathname), method });
    duration.observe({ method }, seconds);
    size.observe(req.url?.length ?? 0);
    longestSeconds = Math.max(seconds, longestSeconds);
    longest.set(longestSeconds);
    for (const [kind, value] of searchParams) last.set({ kind }, Number(value));
    // A turn later: on every backend the page shows what was answered.
    setImmediate(() => res.end('done\n'));
  });
  workers.set(1);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
