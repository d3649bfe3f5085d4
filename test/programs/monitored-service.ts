// An application of two workers that has all that the dashboards and rules of monitoring/
// show: requests, exceptions, aborted requests, a cache, outgoing requests, a limit that was
// met. Any worker serves the metrics of all.

import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import {
  Counter,
  collectDefaultMetrics,
  installClusterHooks,
  metricsHandler,
} from '../../src/index.js';
import {
  countException,
  instrumentHttp,
  setRoute,
} from '../../src/integrations/http-metrics/index.js';

const WORKERS = 2;

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

interface Route {
  readonly pattern: string;
  readonly handle: Handler;
}

/** By path. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/hello/anna': {
    pattern: '/hello/:name',
    handle: async () => {
      // Something to collect.
      Array.from({ length: 1e5 }, (_, i) => ({ i }));
    },
  },
  '/orders': {
    pattern: '/orders',
    handle: async (req) => {
      for await (const _ of req);
    },
  },
  '/fail': {
    pattern: '/fail',
    handle: async () => {
      throw new TypeError('what was asked for');
    },
  },
  '/hang': {
    pattern: '/hang',
    handle: async (_, res) => {
      res.write('begun\n');
      await once(res, 'close');
    },
  },
  '/relay': {
    pattern: '/relay',
    handle: async ({ headers }) => {
      const response = await fetch(`http://${headers.host}/hello/anna`);
      await response.arrayBuffer();
    },
  },
};

if (cluster.isPrimary) await supervise();
else await work();

/** Answers the first command with the port. */
async function supervise(): Promise<void> {
  installClusterHooks();
  const ports = Array.from({ length: WORKERS }, async (_, slot) => {
    const worker = cluster.fork({ WORKER: String(slot) });
    const [address] = (await once(worker, 'listening')) as [AddressInfo];
    return address.port;
  });
  process.on('message', async ({ id }: { id: number }) => {
    process.send?.({ id, value: (await Promise.all(ports))[0] });
  });
}

async function work(): Promise<void> {
  collectDefaultMetrics({ labels: { worker: process.env.WORKER } });
  instrumentHttp();
  const cache = new Counter({
    name: 'cache_requests_total',
    help: 'Look-ups by result.',
    labelNames: ['cache', 'result'],
  });
  const limited = new Counter({
    name: 'limited_total',
    help: 'Has more series than it may.',
    labelNames: ['label'],
    maxSeries: 1,
  });
  const metrics = metricsHandler();
  let requests = 0;

  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost');
    if (pathname === '/metrics') return void metrics(req, res);
    const route = ROUTES[pathname];
    setRoute(req, route?.pattern);
    requests++;
    limited.inc({ label: String(requests % 2) });
    cache.inc({ cache: 'prices', result: requests % 3 === 0 ? 'miss' : 'hit' });
    try {
      await route?.handle(req, res);
    } catch (error) {
      countException(req, error);
      res.statusCode = 500;
    }
    res.end('done\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
