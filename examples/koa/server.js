// A Koa application in a cluster. Every worker counts, any worker serves the merged page.

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import Koa from 'koa';
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

  const app = new Koa();
  app.use((ctx, next) => {
    if (ctx.path !== '/metrics') return next();
    // The handler answers, so Koa must not.
    ctx.respond = false;
    return metrics(ctx.req, ctx.res);
  });
  app.use(async (ctx, next) => {
    const endTimer = durations.startTimer();
    await next();
    const { route = 'unknown' } = ctx.state;
    endTimer({ route });
    requests.inc({ method: ctx.method, route, status: ctx.status });
  });
  app.use((ctx) => {
    const [, name] = /^\/hello\/([^/]+)$/.exec(ctx.path) ?? [];
    if (name === undefined) return;
    ctx.state.route = '/hello/:name';
    ctx.body = `Hello ${name}, this is ${process.pid}.\n`;
  });

  const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
    console.log(`worker ${process.pid} listens on http://127.0.0.1:${server.address().port}`);
  });
}
