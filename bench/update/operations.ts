import type { Client } from '../support/client.js';
import { BUCKETS, LABEL_NAMES } from '../workloads.js';

/** One way to update a metric. Runs the same updates in the same order on every side. */
export interface Operation {
  readonly name: string;
  /** Updates made by one iteration. */
  readonly updates: number;
  run(iterations: number): void;
}

interface LabelSet {
  readonly method: string;
  readonly status: string;
  readonly route: string;
}

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
export const STATUSES = ['200', '201', '404', '500'] as const;
export const ROUTES = ['/', '/users', '/users/:id', '/orders', '/orders/:id/items'] as const;

const LABEL_SETS: readonly LabelSet[] = METHODS.flatMap((method) =>
  STATUSES.flatMap((status) => ROUTES.map((route) => ({ method, status, route }))),
);
const SETS = LABEL_SETS.length;

/** Durations from 2 ms to 16 s, as many in every octave, in a mixed order. */
export const DURATIONS = Float64Array.from({ length: 1024 }, (_, i) => {
  const octaves = ((i * 619) % 1024) / 1024;
  return Math.round(2 ** (octaves * 13 - 9) * 65536) / 65536;
});

/** The operations of the comparison: one metric of each type, 3 labels, 100 label sets in turn. */
export function plainOperations({ Counter, Gauge, Histogram }: Client): Operation[] {
  const of = (name: string) => ({ name, help: 'Bench', labelNames: LABEL_NAMES });
  const counter = new Counter(of('bench_counter'));
  const bound = new Counter(of('bench_bound_counter'));
  const bare = new Counter({ name: 'bench_bare_counter', help: 'Bench' });
  const gauge = new Gauge(of('bench_gauge'));
  const histogram = new Histogram({ ...of('bench_histogram'), buckets: BUCKETS });
  const boundHistogram = new Histogram({ ...of('bench_bound_histogram'), buckets: BUCKETS });
  const bareHistogram = new Histogram({
    name: 'bench_bare_histogram',
    help: 'Bench',
    buckets: BUCKETS,
  });
  const [first] = LABEL_SETS as [LabelSet];
  const boundOne = bound.labels({ ...first });
  const boundAll = LABEL_SETS.map((labels) => bound.labels({ ...labels }));
  const boundHistogramOne = boundHistogram.labels({ ...first });

  return [
    operation('counter.inc(labels)', (n) => {
      for (let i = 0, k = 0; i < n; i++) {
        const { method, status, route } = LABEL_SETS[k] as LabelSet;
        counter.inc({ method, status, route });
        if (++k === SETS) k = 0;
      }
    }),
    operation("bound child's inc()", (n) => {
      for (let i = 0; i < n; i++) boundOne.inc();
    }),
    operation('bound inc(), 100 children in turn', (n) => {
      for (let i = 0, k = 0; i < n; i++) {
        (boundAll[k] as (typeof boundAll)[0]).inc();
        if (++k === SETS) k = 0;
      }
    }),
    operation('gauge.set(labels, v)', (n) => {
      for (let i = 0, k = 0; i < n; i++) {
        const { method, status, route } = LABEL_SETS[k] as LabelSet;
        gauge.set({ method, status, route }, i * 0.5);
        if (++k === SETS) k = 0;
      }
    }),
    operation('histogram.observe(labels, v)', (n) => {
      for (let i = 0, k = 0; i < n; i++) {
        const { method, status, route } = LABEL_SETS[k] as LabelSet;
        histogram.observe({ method, status, route }, DURATIONS[i & 1023] as number);
        if (++k === SETS) k = 0;
      }
    }),
    operation('bound observe(v)', (n) => {
      for (let i = 0; i < n; i++) boundHistogramOne.observe(DURATIONS[i & 1023] as number);
    }),
    operation('counter.inc(), no labels', (n) => {
      for (let i = 0; i < n; i++) bare.inc();
    }),
    operation('histogram.observe(v), no labels', (n) => {
      for (let i = 0; i < n; i++) bareHistogram.observe(DURATIONS[i & 1023] as number);
    }),
  ];
}

export function operation(name: string, run: (n: number) => void, updates = 1): Operation {
  return { name, updates, run };
}
