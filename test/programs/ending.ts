// Counts, ends in the way that its argument says within the same turn of the event
// loop, and counts on while it ends.

import process from 'node:process';
import { Counter, Gauge, Histogram } from '../../src/index.js';

process.on('exit', () => counter.inc(10));
const counter = new Counter({ name: 'c_total', help: 'Counts.' });
const histogram = new Histogram({ name: 'h', help: 'Observes.', buckets: [1] });
const gauge = new Gauge({ name: 'g', help: 'Keeps.', multiprocessMode: 'mostrecent' });
process.on('exit', () => {
  counter.inc(100);
  histogram.observe(2);
  gauge.set(7);
  new Counter({ name: 'late_total', help: 'Made at the end.' }).inc(3);
});
counter.inc();

process.disconnect?.();
switch (process.argv[2]) {
  case 'process.exit':
    process.exit(3);
    break;
  case 'uncaught exception':
    throw new Error('uncaught');
  case 'unhandled rejection':
    Promise.reject(new Error('unhandled'));
    break;
  case 'SIGTERM with a listener':
    process.once('SIGTERM', () => process.exit(4));
    process.kill(process.pid, 'SIGTERM');
    setInterval(() => {}, 1000);
    break;
  case 'nothing left to do':
    break;
  default:
    throw new Error(`unknown way to end: ${process.argv[2]}`);
}
