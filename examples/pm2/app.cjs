// An application that uses prom-client, and that knows nothing of other processes.

const { createServer } = require('node:http');
const client = require('prom-client');

client.collectDefaultMetrics();
const requests = new client.Counter({
  name: 'http_requests_total',
  help: 'Requests answered.',
  labelNames: ['path'],
});

const server = createServer(async (req, res) => {
  // The instance that answers, by pm2's number.
  res.setHeader('X-Instance', process.env.NODE_APP_INSTANCE);
  if (req.url === '/metrics') {
    res.setHeader('Content-Type', client.register.contentType);
    res.end(await client.register.metrics());
    return;
  }
  requests.inc({ path: req.url });
  res.end('Hello\n');
});

server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send('ready'));
