// Has default metrics in the main thread and in a worker thread, and nothing to do.

import { isMainThread, Worker } from 'node:worker_threads';
import { collectDefaultMetrics } from '../../src/index.js';

collectDefaultMetrics();
if (isMainThread) {
  new Worker(new URL(import.meta.url));
  process.disconnect?.();
}
