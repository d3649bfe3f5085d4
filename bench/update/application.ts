import type { Client } from '../support/client.js';
import { BUCKETS } from '../workloads.js';
import { DURATIONS, METHODS, type Operation, operation, ROUTES, STATUSES } from './operations.js';

const CODES = STATUSES.map(Number);
const TABLES = ['users', 'orders', 'items'];
/** As a router sees them: joined anew at every request. */
const MOUNTS = ['/api/v1', '/api/v2'];

const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

/**
 * Updates as an application makes them: 30 metrics, helpers that serve many metrics,
 * several places that update one metric, statuses as numbers, routes joined per call.
 */
export function applicationOperations({ Counter, Gauge, Histogram }: Client): Operation[] {
  const labelled = (name: string, labelNames: string[]) => ({ name, help: 'Bench', labelNames });
  const request = ['method', 'route', 'status'];
  const counters = Array.from(
    { length: 14 },
    (_, i) => new Counter(labelled(`app_events_${i}_total`, request)),
  );
  const gauges = Array.from(
    { length: 8 },
    (_, i) => new Gauge(labelled(`app_level_${i}`, request)),
  );
  const histograms = Array.from(
    { length: 8 },
    (_, i) => new Histogram({ ...labelled(`app_seconds_${i}`, request), buckets: BUCKETS }),
  );
  const app = {
    inFlight: new Gauge({ name: 'app_in_flight', help: 'Bench' }),
    requests: new Counter(labelled('app_requests_total', request)),
    duration: new Histogram({ ...labelled('app_request_seconds', request), buckets: BUCKETS }),
    bytes: new Counter(labelled('app_bytes_total', ['route', 'direction'])),
    queries: new Counter(labelled('app_queries_total', ['table', 'write'])),
    queryDuration: new Histogram({ ...labelled('app_query_seconds', ['table']), buckets: BUCKETS }),
    queue: new Gauge(labelled('app_queue_length', ['queue'])),
  };

  const count = (metric: (typeof counters)[0], labels: object) => metric.inc(labels);
  const level = (metric: (typeof gauges)[0], labels: object, v: number) => metric.set(labels, v);
  const time = (metric: (typeof histograms)[0], labels: object, seconds: number) =>
    metric.observe(labels, seconds);

  const handle = (i: number) => {
    const route = at(ROUTES, i >> 2);
    const seconds = DURATIONS[i & 1023] as number;
    app.inFlight.inc();
    app.queries.inc({ table: at(TABLES, i), write: 'false' });
    if (i % 4 === 0) app.queries.inc({ table: 'orders', write: 'true' });
    else app.queries.inc({ write: 'false', table: 'users' });
    app.queryDuration.observe({ table: at(TABLES, i) }, seconds / 4);
    app.queue.set({ queue: 'mail' }, i % 50);
    app.bytes.inc({ route, direction: 'in' }, i & 4095);
    app.bytes.inc({ route, direction: 'out' }, i & 65535);
    const labels = { method: at(METHODS, i), route, status: at(CODES, i >> 3) };
    app.requests.inc(labels);
    app.duration.observe(labels, seconds);
    app.inFlight.dec();
  };

  return [
    operation('a request: 10 updates of 7 metrics', (n) => repeat(n, handle), 10),
    operation('counter.inc(labels), 14 counters by one helper', (n) =>
      repeat(n, (i) => {
        const status = at(STATUSES, i >> 4);
        count(at(counters, i), { method: at(METHODS, i), route: at(ROUTES, i >> 3), status });
      }),
    ),
    operation('gauge.set(labels, v), 8 gauges by one helper', (n) =>
      repeat(n, (i) => {
        const status = at(STATUSES, i >> 4);
        const labels = { method: at(METHODS, i), route: at(ROUTES, i >> 3), status };
        level(at(gauges, i), labels, i / 8);
      }),
    ),
    operation('histogram.observe(labels, v), 8 by one helper', (n) =>
      repeat(n, (i) => {
        const status = at(STATUSES, i >> 4);
        const labels = { method: at(METHODS, i), route: at(ROUTES, i >> 3), status };
        time(at(histograms, i), labels, DURATIONS[i & 1023] as number);
      }),
    ),
    operation('counter.inc(labels), status a number', (n) =>
      repeat(n, (i) => {
        const status = at(CODES, i >> 4);
        app.requests.inc({ method: at(METHODS, i), route: at(ROUTES, i >> 3), status });
      }),
    ),
    operation('counter.inc(labels), route joined per call', (n) =>
      repeat(n, (i) => {
        const route = at(MOUNTS, i) + at(ROUTES, i >> 3);
        app.requests.inc({ method: at(METHODS, i), route, status: 200 });
      }),
    ),
  ];
}

function repeat(n: number, action: (i: number) => void): void {
  for (let i = 0; i < n; i++) action(i);
}
