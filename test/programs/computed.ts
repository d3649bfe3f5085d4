// Metrics with callbacks of every kind, in the main thread or, with the argument
// `thread`, in a worker thread. With the argument `stay` a listener keeps the thread; with
// `end` nothing does, and it ends at once.

import process from 'node:process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Counter, Gauge } from '../../src/index.js';

const [how = '', where = 'main'] = process.argv.slice(2);

if (isMainThread && where === 'thread') {
  new Worker(new URL(import.meta.url), { argv: [how, where] });
} else {
  compute();
}
const listener = isMainThread ? process : parentPort;
if (how === 'stay') listener?.on('message', () => {});
else if (isMainThread) process.disconnect?.();

function compute(): void {
  new Counter({
    name: 'sampled_total',
    help: 'Times that it was asked for.',
    collect() {
      this.inc();
    },
  });
  new Gauge({
    name: 'asynchronous',
    help: 'Set a turn later.',
    async collect() {
      await new Promise(setImmediate);
      this.set(7);
    },
  });
  new Counter({
    name: 'begun_total',
    help: 'Times that a callback that never ends was begun.',
    collect() {
      this.inc();
      return new Promise(() => {});
    },
  });
  new Gauge({
    name: 'broken',
    help: 'Never set.',
    collect() {
      throw new Error('out of order');
    },
  });
}
