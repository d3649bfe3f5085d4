// Where exemplars are meant to differ from prom-client's.

import type { Difference } from './differences.js';

// biome-ignore lint/suspicious/noExplicitAny: programs here do what the types forbid
type Loose = any;

const withExemplars = (Registry: Loose, ...labelNames: string[]) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  return {
    registry,
    config: { name: 'm', help: 'h', labelNames, registers: [registry], enableExemplars: true },
  };
};

export const EXEMPLAR_DIFFERENCES: readonly Difference[] = [
  {
    title: 'an exemplar whose labels are refused leaves nothing behind',
    because: 'no parser takes the page',
    show: async ({ Counter, Registry }) => {
      const { registry, config } = withExemplars(Registry);
      const counter = new Counter(config as Loose);
      let refused: unknown;
      try {
        counter.inc({ exemplarLabels: { a: 'x'.repeat(128) } } as Loose);
      } catch (error) {
        refused = (error as Error).name;
      }
      return [refused, (await registry.metrics()).split('\n')[2]];
    },
    theirs: ['RangeError', 'm_total 1 # {} +Inf undefined'],
    ours: ['RangeError', 'm_total 1'],
  },
  {
    title: 'an exemplar has no label of a name that no label can have',
    because: 'no parser takes the page',
    show: ({ Counter, Registry }) => {
      const { config } = withExemplars(Registry);
      new Counter(config as Loose).inc({ exemplarLabels: { 'trace-id': 'x' } } as Loose);
    },
    theirs: undefined,
    ours: 'threw Error: Invalid label name',
  },
  {
    title: 'a bound counter with exemplars counts for its series',
    because: 'prom-client takes the labels for the object with value and exemplar',
    show: async ({ Counter, Registry }) => {
      const { registry, config } = withExemplars(Registry, 'l');
      new Counter(config as Loose).labels('x').inc(5);
      return (await registry.metrics()).split('\n')[2];
    },
    theirs: 'm_total 1',
    ours: 'm_total{l="x"} 5',
  },
];
