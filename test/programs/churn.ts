// Adds and removes series at full speed. No label comes twice, and every value says whose
// it is: what counts for the label n has the value n.

import process from 'node:process';
import { Counter, Gauge, Histogram } from '../../src/index.js';

/** Series of each metric at a time: few, so that a slot has another owner soon. */
const LIVE = 24;
const STEPS_PER_TURN = 512;

const config = { help: 'Comes and goes.', labelNames: ['n' as const] };
const counter = new Counter({ name: 'churn_total', ...config });
const gauge = new Gauge({ name: 'churn', ...config, multiprocessMode: 'mostrecent' });
const histogram = new Histogram({ name: 'churn_seconds', ...config, buckets: [0] });
const kept = new Counter({ name: 'kept_total', help: 'Stays.' });

let newest = 0;

function step(): void {
  newest++;
  counter.inc({ n: newest }, newest);
  gauge.set({ n: newest }, newest);
  histogram.observe({ n: newest }, newest);
  kept.inc();
  if (newest <= LIVE) return;
  const n = newest - LIVE;
  counter.remove({ n });
  gauge.remove({ n });
  histogram.remove({ n });
}

function run(): void {
  for (let i = 0; i < STEPS_PER_TURN; i++) step();
  setImmediate(run);
}

process.once('disconnect', () => process.exit());

run();
process.send?.({ event: 'runs' });
