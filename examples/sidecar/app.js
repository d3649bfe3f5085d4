// An application of several processes that serves no metrics itself.

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { Counter } from 'prom-multiproc';

if (cluster.isPrimary) {
  for (let i = 0; i < Number(process.env.WORKERS ?? 3); i++) cluster.fork();
  cluster.on('exit', (worker) => {
    if (!worker.exitedAfterDisconnect) cluster.fork();
  });
} else {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['path'],
  });
  const server = createServer((req, res) => {
    requests.inc({ path: req.url });
    res.end(`Hello, this is ${process.pid}.\n`);
  });
  server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
    console.log(`worker ${process.pid} listens on http://127.0.0.1:${server.address().port}`);
  });
}
