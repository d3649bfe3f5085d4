// A Fastify application in a cluster. Every worker counts, any worker serves the merged
// page.

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import fastify from 'fastify';
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

  const app = fastify();
  // Before the response is sent: who has it finds it counted.
  app.addHook('onSend', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    durations.observe({ route }, reply.elapsedTime / 1000);
    requests.inc({ method: request.method, route, status: reply.statusCode });
  });
  app.get('/hello/:name', async (request) => {
    return `Hello ${request.params.name}, this is ${process.pid}.\n`;
  });
  const serveMetrics = metricsHandler();
  app.get('/metrics', (request, reply) => {
    reply.hijack();
    return serveMetrics(request.raw, reply.raw);
  });

  const url = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
  console.log(`worker ${process.pid} listens on ${url}`);
}
