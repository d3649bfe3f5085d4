// An Express application in a cluster. Every worker counts, any worker serves the
// merged page.
//
//   PROMETHEUS_MULTIPROC_DIR=/tmp/metrics node server.js
//   curl http://127.0.0.1:3000/hello/you
//   curl http://127.0.0.1:3000/metrics

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import express from 'express';
import { Counter, Gauge, Histogram, installClusterHooks, metricsHandler } from 'prom-multiproc';

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
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests being answered now.',
  });

  const app = express();
  app.get('/metrics', metricsHandler());
  app.use((req, res, next) => {
    const endTimer = durations.startTimer();
    inFlight.inc();
    res.on('close', () => {
      const route = req.route?.path ?? 'unknown';
      inFlight.dec();
      endTimer({ route });
      requests.inc({ method: req.method, route, status: res.statusCode });
    });
    next();
  });
  app.get('/hello/:name', (req, res) => {
    res.send(`Hello ${req.params.name}, this is ${process.pid}.\n`);
  });

  const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
    const { port } = server.address();
    console.log(`worker ${process.pid} listens on http://127.0.0.1:${port}`);
  });
}
