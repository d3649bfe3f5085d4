// An application of several processes that counts and serves no metrics itself: a sidecar
// does.

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { Counter, collectDefaultMetrics, installClusterHooks } from 'prom-multiproc';

if (cluster.isPrimary) {
  installClusterHooks();
  const count = Number(process.env.WORKERS ?? availableParallelism());
  for (let i = 0; i < count; i++) cluster.fork();
  cluster.on('exit', (worker) => {
    if (!worker.exitedAfterDisconnect) cluster.fork();
  });
  // Workers answer what they have accepted; when the last is gone this process ends too.
  process.once('SIGTERM', () => cluster.disconnect());
} else {
  collectDefaultMetrics();
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['path'],
  });
  const server = createServer((req, res) => {
    if (req.url === '/healthz') return res.end('ok\n');
    const path = req.url === '/hello' ? req.url : 'other';
    requests.inc({ path });
    if (path === 'other') res.statusCode = 404;
    res.end(`Hello, this is ${process.pid}.\n`);
  });
  const { PORT: port = 3000, HOST: host = '0.0.0.0' } = process.env;
  server.listen({ port: Number(port), host }, () => {
    console.log(`worker ${process.pid} listens on http://${host}:${server.address().port}`);
  });
}
