import { createRequire } from 'node:module';
import type { Client } from '../support/client.js';
import { BUCKETS, LABEL_NAMES, labelSets } from '../workloads.js';

/** A fresh process: makes updates with the library's own classes, or with a preloaded package's. */
const [side, updatesText] = process.argv.slice(2);
const updates = Number(updatesText);

const require = createRequire(import.meta.url);
const begin = performance.now();
const { preload } = require('prom-multiproc/prom-client');
const loaded = performance.now();
preload();
const preloaded = performance.now();

const { Counter, Histogram }: Pick<Client, 'Counter' | 'Histogram'> = require(
  side === 'own' ? 'prom-multiproc' : 'prom-client',
);
const options = { help: 'Bench', labelNames: LABEL_NAMES };
const counter = new Counter({ ...options, name: 'bench_total' });
const histogram = new Histogram({ ...options, name: 'bench_seconds', buckets: BUCKETS });
const sets = labelSets(100);

const count = (n: number) => {
  for (let i = 0; i < n; i++) counter.inc({ ...(sets[i % 100] as (typeof sets)[0]) });
};
const observe = (n: number) => {
  for (let i = 0; i < n; i++) histogram.observe({ ...(sets[i % 100] as (typeof sets)[0]) }, 0.3);
};

process.send?.({
  loadMs: loaded - begin,
  preloadMs: preloaded - loaded,
  countNs: timed(count),
  observeNs: timed(observe),
  counted: (await counter.get()).values.reduce((sum, { value }) => sum + value, 0),
});

/** Nanoseconds for one update, once the engine knows them. */
function timed(update: (n: number) => void): number {
  update(updates);
  const start = process.hrtime.bigint();
  update(updates);
  return Number(process.hrtime.bigint() - start) / updates;
}
