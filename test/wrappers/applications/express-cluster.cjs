// The cluster of express-prom-bundle's README: the primary alone serves the page.
const cluster = require('node:cluster');
const promBundle = require('express-prom-bundle');
const promClient = require('prom-client');
const express = require('express');

if (cluster.isMaster) {
  for (let i = 0; i < 3; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());

  const metricsApp = express();
  metricsApp.use('/metrics', promBundle.clusterMetrics());
  const server = metricsApp.listen(0, () => {
    process.send({ primary: server.address().port });
  });
} else {
  new promClient.AggregatorRegistry();
  const app = express();
  app.use(
    promBundle({
      autoregister: false, // disable /metrics for single workers
      includeMethod: true,
      promClient: { collectDefaultMetrics: {} },
    }),
  );
  app.use((_, res) => res.send(`hello from pid ${process.pid}\n`));
  app.listen(Number(process.env.PORT));
}
