// A worker thread that has default metrics, sends the page that it makes at once, and stays.

import { parentPort } from 'node:worker_threads';
import { collectDefaultMetrics, register } from '../../src/index.js';

collectDefaultMetrics();
parentPort?.on('message', () => {});
parentPort?.postMessage(await register.metrics());
