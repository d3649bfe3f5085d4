// An application of several processes that counts and serves no metrics itself: a sidecar
// does.

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { collectDefaultMetrics, installClusterHooks } from 'prom-multiproc';
import { instrumentHttp, setRoute } from 'prom-multiproc/http-metrics';

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
  instrumentHttp({ ignorePaths: ['/healthz'] });
  const server = createServer((req, res) => {
    if (req.url === '/healthz') return res.end('ok\n');
    if (req.url === '/hello') setRoute(req, '/hello');
    else res.statusCode = 404;
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
