import { createRequire } from 'node:module';
import { loadOurs } from '../support/client.js';
import { BUCKETS, LABEL_NAMES, labelSets } from '../workloads.js';

/** A fresh process: loads a side, opens its store, writes a first series, then 199 more. */
const [side, loadFirst] = process.argv.slice(2);
if (loadFirst !== undefined) createRequire(import.meta.url)(loadFirst);
const begin = performance.now();
const { Counter, Gauge, Histogram } =
  side === 'prom-client'
    ? ((await import('prom-client')) as unknown as typeof import('../../src/index.js'))
    : await loadOurs();
const loaded = performance.now();
const first = new Counter({ name: 'first_total', help: 'Bench', labelNames: LABEL_NAMES });
const labels = { method: 'GET', status: '200', route: '/' };
first.inc(labels);
const written = performance.now();

const counter = new Counter({ name: 'bench_total', help: 'Bench', labelNames: LABEL_NAMES });
for (const set of labelSets(99)) counter.inc(set);
const gauge = new Gauge({ name: 'bench_level', help: 'Bench', labelNames: LABEL_NAMES });
for (const set of labelSets(50)) gauge.set(set, 1);
const histogram = new Histogram({
  name: 'bench_seconds',
  help: 'Bench',
  labelNames: LABEL_NAMES,
  buckets: BUCKETS,
});
for (const set of labelSets(50)) histogram.observe(set, 1);

process.send?.({
  importMs: loaded - begin,
  firstMs: written - loaded,
  restMs: performance.now() - written,
});
