// Examples that are a cluster of servers, any of which serves the page.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { type Expected, servesFromAnyWorker } from './any-worker.js';
import { Example, WORKERS } from './example.js';

/** Examples that count requests by route and time them. */
const byRoute: Expected = (requests) => ({
  'http_requests_total{method="GET",route="/hello/:name",status="200"}': requests,
  'http_request_duration_seconds_count{route="/hello/:name"}': requests,
  'prom_multiproc_writers{state="live"}': WORKERS,
});

/** Samples of each example after so many requests. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  cluster: (requests) => ({ ...byRoute(requests), http_requests_in_flight: 0 }),
  fastify: byRoute,
  hono: byRoute,
  http: byRoute,
  koa: byRoute,
  nestjs: (requests) => ({ greetings_total: requests }),
};

for (const backend of expectedBackends()) {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    test.serial(
      `examples/${name} serves all requests from any worker, on ${backend}`,
      async (t) => {
        t.timeout(60_000);
        await servesFromAnyWorker(t, new Example(t, name), backend, expected);
      },
    );
  }
}
