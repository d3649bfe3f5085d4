// One instance of an application under pm2. It counts requests, and serves the page of all,
// on a socket of its own: a test asks which it wants, in cluster mode and in fork mode.

import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { Counter, Gauge, Histogram, metricsHandler } from '../../src/index.js';
import { installPm2Hooks } from '../../src/integrations/pm2.js';

const requests = new Counter({ name: 'app_requests_total', help: 'Requests.' });
const sizes = new Histogram({ name: 'app_sizes', help: 'Sizes.', buckets: [1, 2] });
new Gauge({ name: 'app_up', help: 'Instances.' }).set(1);
const each = new Gauge({ name: 'app_each', help: 'Instances.', multiprocessMode: 'liveall' });
each.set(process.pid);

const metrics = metricsHandler();
const server = createServer((req, res) => {
  if (req.url === '/metrics') {
    metrics(req, res);
    return;
  }
  requests.inc();
  sizes.observe(2);
  // A turn later: on every backend others see what was answered.
  setImmediate(() => res.end());
});

if (process.env.APP_HOOK !== undefined) await installPm2Hooks();
const socket = path.join(process.env.APP_SOCKETS as string, `${process.pid}.sock`);
server.listen({ path: socket, exclusive: true }, () => process.send?.('ready'));
