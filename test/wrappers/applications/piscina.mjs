import { createServer } from 'node:http';
import { Piscina } from 'piscina';
import { Counter, collectDefaultMetrics, register } from 'prom-client';

collectDefaultMetrics();
const requests = new Counter({ name: 'http_requests_total', help: 'Requests.' });
const piscina = new Piscina({
  filename: new URL('./piscina-worker.mjs', import.meta.url).href,
  minThreads: 2,
  maxThreads: 2,
});

const server = createServer(async (req, res) => {
  if (req.url === '/metrics') {
    res.setHeader('Content-Type', register.contentType);
    res.end(await register.metrics());
    return;
  }
  requests.inc();
  res.end(`${await piscina.run({ a: 4, b: 6 })}`);
});
server.listen(Number(process.env.PORT));
