import type { Content } from './dashboard.js';
import { ranking, timeline } from './panels.js';
import { REQUEST, ROUTE, TARGET } from './variables.js';

const RATE = '[$__rate_interval]';
const DURATION = 'http_server_request_duration_seconds';
const COUNT = `rate(${DURATION}_count{${REQUEST}}${RATE})`;
const FAILED = `rate(${DURATION}_count{${REQUEST},status=~"5.."}${RATE})`;
const BUCKETS = `rate(${DURATION}_bucket{${REQUEST}}${RATE})`;

const CLIENT = 'http_client_request_duration_seconds';
const SENT = `rate(${CLIENT}_count{${TARGET}}${RATE})`;

const LOOK_UPS = `sum by (job, cache) (rate(cache_requests_total{${TARGET}}${RATE}))`;
const HITS = `sum by (job, cache) (rate(cache_requests_total{${TARGET},result="hit"}${RATE}))`;

/** What part fails, of each `by`: 0 and not nothing where none does. */
function failing(by: string): string {
  const all = `sum${by} (${COUNT})`;
  return `(sum${by} (${FAILED}) or 0 * ${all}) / ${all}`;
}

function quantile(q: number, buckets: string, by = 'le'): string {
  return `histogram_quantile(${q}, sum by (${by}) (${buckets}))`;
}

export const requests: Content = {
  title: 'prom-multiproc / Requests',
  description: 'Requests answered and sent, over all processes.',
  choices: ['job', 'instance', 'route', 'method'],
  rows: [
    {
      title: 'Traffic',
      panels: [
        timeline({
          title: 'Requests by status',
          unit: 'reqps',
          stacked: true,
          queries: [[`sum by (status) (${COUNT})`, '{{status}}']],
        }),
        timeline({
          title: 'Requests by method',
          unit: 'reqps',
          stacked: true,
          queries: [[`sum by (method) (${COUNT})`, '{{method}}']],
        }),
        timeline({
          title: 'Requests by route',
          description: 'The ten that have most.',
          unit: 'reqps',
          stacked: true,
          queries: [[`topk(10, sum by (route) (${COUNT}))`, '{{route}}']],
        }),
        timeline({
          title: 'Success rate',
          description: 'Of all requests those with a status below 500.',
          unit: 'percentunit',
          max: 1,
          queries: [
            [`1 - ${failing('')}`, 'all'],
            [`bottomk(5, 1 - ${failing(' by (route)')})`, '{{route}}'],
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        timeline({
          title: 'Latency',
          unit: 's',
          queries: [0.5, 0.95, 0.99].map((q) => [quantile(q, BUCKETS), `p${q * 100}`] as const),
        }),
        timeline({
          title: 'p95 by route',
          description: 'The ten slowest.',
          unit: 's',
          queries: [[`topk(10, ${quantile(0.95, BUCKETS, 'route, le')})`, '{{route}}']],
        }),
        ranking({
          title: 'Routes',
          description:
            'Time is that of all requests of a route in one second: what there is to win.',
          by: ['route'],
          columns: [
            { name: 'Requests', unit: 'reqps', expr: `sum by (route) (${COUNT})` },
            { name: 'Failing', unit: 'percentunit', expr: failing(' by (route)') },
            ...[0.5, 0.95, 0.99].map((q) => ({
              name: `p${q * 100}`,
              unit: 's',
              expr: quantile(q, BUCKETS, 'route, le'),
            })),
            {
              name: 'Time',
              unit: 's',
              expr: `sum by (route) (rate(${DURATION}_sum{${REQUEST}}${RATE}))`,
            },
          ],
        }),
      ],
    },
    {
      title: 'Trouble',
      panels: [
        timeline({
          title: 'Exceptions by type',
          unit: 'cps',
          stacked: true,
          queries: [
            [`sum by (type) (rate(http_server_exceptions_total{${ROUTE}}${RATE}))`, '{{type}}'],
          ],
        }),
        timeline({
          title: 'Exceptions by route',
          unit: 'cps',
          stacked: true,
          queries: [
            [`sum by (route) (rate(http_server_exceptions_total{${ROUTE}}${RATE}))`, '{{route}}'],
          ],
        }),
        timeline({
          title: 'Aborted',
          description: 'Requests whose client went away before the answer was complete.',
          unit: 'reqps',
          queries: [[`sum(rate(http_server_aborted_total{${REQUEST}}${RATE}))`, 'aborted']],
        }),
        timeline({
          title: 'In flight',
          unit: 'short',
          queries: [
            [
              `sum by (instance) (http_server_requests_in_flight{${TARGET},method=~"$method"})`,
              '{{instance}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Sizes',
      panels: (['request', 'response'] as const).map((what) => {
        const metric = `http_server_${what}_body_size_bytes`;
        const buckets = `rate(${metric}_bucket{${REQUEST}}${RATE})`;
        return timeline({
          title: `Bodies of ${what}s`,
          unit: 'bytes',
          queries: [
            [quantile(0.5, buckets), 'p50'],
            [quantile(0.95, buckets), 'p95'],
            [`sum(rate(${metric}_sum{${REQUEST}}${RATE}))`, 'all, in one second'],
          ],
        });
      }),
    },
    {
      title: 'What requests wait for',
      panels: [
        timeline({
          title: 'Sent by host',
          unit: 'reqps',
          queries: [[`sum by (host) (${SENT})`, '{{host}}']],
        }),
        timeline({
          title: 'Sent by status',
          unit: 'reqps',
          stacked: true,
          queries: [[`sum by (status) (${SENT})`, '{{status}}']],
        }),
        timeline({
          title: 'p95 by host',
          unit: 's',
          queries: [
            [quantile(0.95, `rate(${CLIENT}_bucket{${TARGET}}${RATE})`, 'host, le'), '{{host}}'],
          ],
        }),
        timeline({
          title: 'Cache hit rate',
          description: 'Of an application that counts its look-ups in cache_requests_total.',
          unit: 'percentunit',
          max: 1,
          queries: [[`(${HITS} or 0 * ${LOOK_UPS}) / ${LOOK_UPS}`, '{{job}} {{cache}}']],
        }),
      ],
    },
  ],
};
