import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { Counter, Gauge, Histogram, metricsHandler, Summary } from '../../src/index.js';

/** What a worker tells the primary when it takes requests. */
export interface Ready {
  /** Port that all workers share: the primary hands connections out in turn. */
  readonly sharedPort: number;
  /** Port of this worker alone, to ask it and no other. */
  readonly ownPort: number;
}

/** What `/status` on a worker's own port answers. */
export interface Status {
  readonly pid: number;
  readonly cachedItems: number;
}

const HOST = '127.0.0.1';

/** One worker: an HTTP server with metrics as any application has them. */
export function runWorker(): void {
  const requests = new Counter({
    name: 'demo_requests_total',
    help: 'Requests answered.',
    labelNames: ['route', 'status'],
  });
  const durations = new Histogram({
    name: 'demo_request_duration_seconds',
    help: 'Time from request to response.',
    labelNames: ['route'],
  });
  const sizes = new Summary({ name: 'demo_response_bytes', help: 'Sizes of response bodies.' });
  const cached = new Gauge({ name: 'demo_cached_items', help: 'Items in the caches of workers.' });
  new Gauge({ name: 'demo_workers', help: 'Workers that run.' }).set(1);
  new Gauge({
    name: 'demo_worker_start_time_seconds',
    help: 'When each worker began.',
    multiprocessMode: 'liveall',
  }).setToCurrentTime();

  const cache = new Map<string, string>();

  const answer = (url: string, res: ServerResponse): void => {
    const endTimer = durations.startTimer();
    const id = /^\/items\/(\d+)$/.exec(url)?.[1];
    const route = id === undefined ? 'other' : '/items/:id';
    let body = 'Try /items/1 and /metrics.\n';
    if (id !== undefined) {
      body = cache.get(id) ?? `Item ${id}, kept by ${process.pid}.\n`;
      cache.set(id, body);
      cached.set(cache.size);
    } else if (url !== '/') {
      res.statusCode = 404;
    }
    // Counted before it is answered: whoever has the answer finds it on the next page.
    requests.inc({ route, status: res.statusCode });
    sizes.observe(Buffer.byteLength(body));
    endTimer({ route });
    res.end(body);
  };

  const metrics = metricsHandler();
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    const url = req.url ?? '/';
    res.setHeader('X-Worker', process.pid);
    if (url.startsWith('/metrics')) {
      void metrics(req, res);
    } else if (url === '/status') {
      const status: Status = { pid: process.pid, cachedItems: cache.size };
      res.end(JSON.stringify(status));
    } else {
      answer(url, res);
    }
  };

  // Ctrl-C in a terminal reaches every process; the primary ends the workers.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => process.exit());
  void Promise.all([
    listening(createServer(handle), { port: Number(process.env.DEMO_PORT) }),
    listening(createServer(handle), { port: 0, exclusive: true }),
  ]).then(([sharedPort, ownPort]) => process.send?.({ sharedPort, ownPort } satisfies Ready));
}

function listening(
  server: Server,
  options: { port: number; exclusive?: boolean },
): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ host: HOST, ...options }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}
