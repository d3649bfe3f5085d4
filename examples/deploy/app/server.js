// An application of several processes that counts and serves no metrics itself: a sidecar
// does.

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { collectDefaultMetrics, Gauge, Histogram, installClusterHooks } from 'prom-multiproc';

if (cluster.isPrimary) {
  installClusterHooks();
  const count = Number(process.env.WORKERS ?? availableParallelism());
  for (let slot = 0; slot < count; slot++) startWorker(slot);
  // Workers answer what they have accepted; when the last is gone this process ends too.
  process.once('SIGTERM', () => cluster.disconnect());
} else {
  // A worker and whoever comes in its place share a label, so that there are no more series
  // than workers.
  collectDefaultMetrics({ labels: { worker: process.env.WORKER } });
  const durations = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request to the last byte of the response.',
    labelNames: ['method', 'route', 'status'],
  });
  const inFlight = new Gauge({
    name: 'http_server_requests_in_flight',
    help: 'Requests without a complete response yet.',
    labelNames: ['method'],
  });
  const server = createServer((req, res) => {
    if (req.url === '/healthz') return res.end('ok\n');
    const { method } = req;
    const route = req.url === '/hello' ? req.url : 'unmatched';
    const observe = durations.startTimer({ method, route });
    inFlight.inc({ method });
    res.once('close', () => {
      inFlight.dec({ method });
      observe({ status: res.statusCode });
    });
    if (route === 'unmatched') res.statusCode = 404;
    res.end(`Hello, this is ${process.pid}.\n`);
  });
  const { PORT: port = 3000, HOST: host = '0.0.0.0' } = process.env;
  server.listen({ port: Number(port), host }, () => {
    console.log(`worker ${process.pid} listens on http://${host}:${server.address().port}`);
  });
}

function startWorker(slot) {
  const worker = cluster.fork({ WORKER: String(slot) });
  worker.once('exit', () => {
    if (!worker.exitedAfterDisconnect) startWorker(slot);
  });
}
