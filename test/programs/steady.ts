// Counts without end and says after each batch how far it is.

import process from 'node:process';
import { Counter, Histogram } from '../../src/index.js';

const BATCH = 250;

const counter = new Counter({ name: 'c_total', help: 'Counts.' });
const labelled = new Counter({ name: 'l_total', help: 'Counts by kind.', labelNames: ['kind'] });
const histogram = new Histogram({ name: 'h', help: 'Observes.', buckets: [0.5, 1] });

let count = 0;

function batch(): void {
  for (let i = 0; i < BATCH; i++) {
    counter.inc();
    labelled.inc({ kind: `${i % 5}` });
    histogram.observe(i % 2);
    count++;
  }
  // Without waiting for anything: on the file backend this is before the flush.
  process.send?.({ event: count });
  setImmediate(batch);
}

batch();
