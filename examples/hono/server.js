// A Hono application in a cluster. Every worker counts, any worker serves the merged page.

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { Counter, fetchHandler, Histogram, installClusterHooks } from 'prom-multiproc';

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
  const metrics = fetchHandler();

  const app = new Hono();
  app.get('/metrics', (context) => metrics(context.req.raw));
  app.use(async (context, next) => {
    const endTimer = durations.startTimer();
    await next();
    const route = routePath(context, -1);
    endTimer({ route });
    requests.inc({ method: context.req.method, route, status: context.res.status });
  });
  app.get('/hello/:name', (context) => {
    return context.text(`Hello ${context.req.param('name')}, this is ${process.pid}.\n`);
  });

  const port = Number(process.env.PORT ?? 3000);
  serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (address) => {
    console.log(`worker ${process.pid} listens on http://127.0.0.1:${address.port}`);
  });
}
