// Examples that are a cluster of servers, any of which serves the page.

import process from 'node:process';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { Example, get, settles, urlOf, WORKERS } from './example.js';

const REQUESTS = 12;

type Expected = (requests: number) => Record<string, number>;

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
        const example = new Example(t, name);
        const program = example.start(backend);
        const url = await urlOf(program);
        const send = async (count: number) => {
          const pids = new Set<number>();
          for (let i = 0; i < count; i++) {
            const greeting = await get(new URL('/hello/you', url));
            pids.add(Number(/^Hello you, this is (\d+)\.$/m.exec(greeting)?.[1]));
          }
          return pids;
        };
        const expectOnAll = async (requests: number) => {
          const page = new URL('/metrics', url);
          await settles(page, expected(requests));
          for (let i = 0; i < WORKERS; i++) {
            const samples = samplesByKey(await get(page));
            t.like(samples, expected(requests));
          }
        };
        const pids = await send(REQUESTS);
        t.is(pids.size, WORKERS, 'all workers answer');
        await expectOnAll(REQUESTS);
        // What the README asks for second.
        const urls = example.commands[1]?.slice(1) ?? [];
        t.deepEqual(
          urls.map((each) => new URL(each).pathname),
          ['/hello/you', '/metrics'],
        );

        const [victim] = pids;
        process.kill(victim as number, 'SIGKILL');
        await program.prints(new RegExp(`(?:worker \\d+ listens[^]*?){${WORKERS + 1}}`));
        await expectOnAll(REQUESTS);
        await send(1);
        await expectOnAll(REQUESTS + 1);
      },
    );
  }
}
