// A process of its own that serves the page of whatever writes into the directory, and
// goes on when the application is gone.

import { createServer } from 'node:http';
import { metricsHandler } from 'prom-multiproc';

const server = createServer(metricsHandler({ dir: process.argv[2] }));
server.listen(Number(process.env.PORT ?? 9464), '127.0.0.1', () => {
  console.log(`metrics are on http://127.0.0.1:${server.address().port}/metrics`);
});
