/**
 * A worker of the soak: counts in batches and keeps two numbers in a file of its own,
 * how many increments it is about to have made and how many it has made and handed over.
 * What it is killed at, the truth lies between the two.
 */

import { openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, Histogram } from '../../src/index.js';

const BATCH = 200;
const ROUTES = 20;

const [ledgerPath] = process.argv.slice(2) as [string];
const ledger = openSync(ledgerPath, 'w');
const made = new Counter({
  name: 'soak_increments_total',
  help: 'Increments.',
  labelNames: ['route'],
});
const sizes = new Histogram({ name: 'soak_size', help: 'Sizes.', buckets: [1, 10, 100] });
const running = new Gauge({ name: 'soak_workers', help: 'Workers that run.' });
const started = new Gauge({ name: 'soak_started', help: 'When.', multiprocessMode: 'mostrecent' });

running.set(1);
started.setToCurrentTime();
process.send?.('ready');

const numbers = new Float64Array(2);
const bytes = new Uint8Array(numbers.buffer);
const record = (intended: number, handedOver: number): void => {
  numbers[0] = intended;
  numbers[1] = handedOver;
  writeSync(ledger, bytes, 0, bytes.length, 0);
};

for (let count = 0; ; count += BATCH) {
  record(count + BATCH, count);
  for (let i = 0; i < BATCH; i++) {
    made.inc({ route: `/route/${(count + i) % ROUTES}` });
    sizes.observe(i);
  }
  // The file backend hands over once per turn of the event loop, before this one's successor.
  await setImmediate();
  await setImmediate();
  record(count + BATCH, count + BATCH);
}
