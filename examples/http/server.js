// An application on node:http in a cluster. Every worker counts, any worker serves the
// merged page.

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { Counter, Histogram, installClusterHooks, metricsHandler } from 'prom-multiproc';

if (cluster.isPrimary) {
  // A dead worker's live gauges leave the page at once; its counters stay.
  installClusterHooks();
  const count = Number(process.env.WORKERS ?? availableParallelism());
  for (let i = 0; i < count; i++) cluster.fork();
  cluster.on('exit', (worker) => {
    if (!worker.exitedAfterDisconnect) cluster.fork();
  });
} else {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to response.',
    labelNames: ['route'],
  });
  const metrics = metricsHandler();

  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url, 'http://localhost');
    if (pathname === '/metrics') return metrics(req, res);
    const endTimer = durations.startTimer();
    const [, name] = /^\/hello\/([^/]+)$/.exec(pathname) ?? [];
    // A route, not the path: who asks does not decide how many series there are.
    const route = name === undefined ? 'unknown' : '/hello/:name';
    res.statusCode = name === undefined ? 404 : 200;
    endTimer({ route });
    requests.inc({ method: req.method, route, status: res.statusCode });
    res.end(name === undefined ? 'Not found.\n' : `Hello ${name}, this is ${process.pid}.\n`);
  });
  server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
    console.log(`worker ${process.pid} listens on http://127.0.0.1:${server.address().port}`);
  });
}
