// Where a preloaded client package is meant to differ from itself, in one process that is
// alone in its directory. The random programs keep clear of these, and of those in
// `differences.ts`, as far as they are of the metric classes.

import { type Difference, options, page } from './differences.js';
import type { PairName } from './pairs.js';

interface PackageDifference extends Difference {
  readonly of: readonly PairName[];
}

const EVERY = ['prom-client', '@prometheus-io/client', '@platformatic/prom-client'] as const;
const NEWER = ['@prometheus-io/client', '@platformatic/prom-client'] as const;

export const PRELOADED_DIFFERENCES: readonly PackageDifference[] = [
  {
    of: EVERY,
    title: 'a counter adds nothing for NaN',
    because: 'the counter would be NaN for ever, in every process',
    show: ({ Counter }, registry) => {
      const counter = new Counter(options(registry));
      counter.inc(2);
      counter.inc(Number.NaN);
      counter.labels().inc(Number.NaN);
      return page(registry);
    },
    theirs: { m: Number.NaN },
    ours: { m: 2 },
  },
  {
    of: NEWER,
    title: 'a label that is empty and one that is absent make two series',
    because: 'one rule for all packages',
    show: ({ Counter }, registry) => {
      const counter = new Counter(options(registry, 'a', 'b'));
      counter.inc({ a: 'x' });
      counter.inc({ a: 'x', b: '' });
      return page(registry);
    },
    theirs: { 'm{a="x"}': 2 },
    ours: { 'm{a="x"}': 1, 'm{a="x",b=""}': 1 },
  },
  {
    of: NEWER,
    title: 'an unknown label comes before a wrong value',
    because: 'one order for all types and packages',
    show: ({ Histogram }, registry) =>
      new Histogram(options(registry, 'a')).observe({ b: 'x' }, 'y'),
    theirs: 'threw TypeError: Value is not a valid number: y',
    ours: `threw Error: Added label "b" is not included in initial labelset: [ 'a' ]`,
  },
  {
    of: ['@platformatic/prom-client'],
    title: 'a label of a metric without labels is ignored, always',
    because: 'the package shows it once the series was removed',
    show: ({ Counter }, registry) => {
      const counter = new Counter(options(registry));
      counter.inc({ z: 'x' });
      counter.remove({});
      counter.inc({ z: 'x' });
      return page(registry);
    },
    theirs: { 'm{z="x"}': 1 },
    ours: { m: 1 },
  },
  {
    of: EVERY,
    title: 'a callback that throws costs the page no more than its own update',
    because: 'a scrape must not fail for one metric',
    show: ({ Gauge }, registry) => {
      const collect = () => {
        throw new Error('failed');
      };
      new Gauge({ ...options(registry), collect });
      return page(registry);
    },
    theirs: 'threw Error: failed',
    ours: { m: 0 },
  },
  {
    of: EVERY,
    title: 'a metric that is refused for a reserved label is not registered',
    because: 'the name would be taken by half a metric',
    show: ({ Histogram }, registry) => {
      try {
        new Histogram(options(registry, 'le'));
      } catch {
        return registry.getMetricsAsArray().length;
      }
      return 'not refused';
    },
    theirs: 1,
    ours: 0,
  },
];
