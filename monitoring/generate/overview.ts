import type { Content } from './dashboard.js';
import { figure, timeline } from './panels.js';
import { TARGET } from './variables.js';

const RATE = '[$__rate_interval]';
const DURATION = 'http_server_request_duration_seconds';
const ALL = `rate(${DURATION}_count{${TARGET}}${RATE})`;
const FAILED = `rate(${DURATION}_count{${TARGET},status=~"5.."}${RATE})`;
const BUCKETS = `rate(${DURATION}_bucket{${TARGET}}${RATE})`;
const LIVE = `prom_multiproc_writers{${TARGET},state="live"}`;

function failing(by: string): string {
  return `(sum${by} (${FAILED}) or 0 * sum${by} (${ALL})) / sum${by} (${ALL})`;
}

export const overview: Content = {
  title: 'prom-multiproc / Overview',
  description: 'Is all well? Each row of the other dashboards in one number or one graph.',
  choices: ['job', 'instance'],
  rows: [
    {
      title: 'Now',
      panels: [
        figure({ title: 'Requests', unit: 'reqps', expr: `sum(${ALL})` }),
        figure({
          title: 'Success rate',
          description: 'Of all requests those with a status below 500.',
          unit: 'percentunit',
          decimals: 2,
          warn: [0.999, 0.99],
          expr: `1 - ${failing('')}`,
        }),
        figure({
          title: 'p95',
          unit: 's',
          warn: [0.5, 1],
          expr: `histogram_quantile(0.95, sum by (le) (${BUCKETS}))`,
        }),
        figure({
          title: 'In flight',
          unit: 'short',
          expr: `sum(http_server_requests_in_flight{${TARGET}})`,
        }),
        figure({ title: 'Live processes and threads', unit: 'short', expr: `sum(${LIVE})` }),
        figure({
          title: 'Alerts',
          description: 'Those that fire, of the jobs that are chosen.',
          unit: 'short',
          warn: [1, 2],
          expr: 'count(ALERTS{alertstate="firing",job=~"$job"}) or vector(0)',
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        timeline({
          title: 'Requests',
          unit: 'reqps',
          queries: [[`sum by (job) (${ALL})`, '{{job}}']],
        }),
        timeline({
          title: 'Failing',
          unit: 'percentunit',
          queries: [[failing(' by (job)'), '{{job}}']],
        }),
        timeline({
          title: 'Latency',
          unit: 's',
          queries: [0.5, 0.95, 0.99].map(
            (q) =>
              [
                `histogram_quantile(${q}, sum by (job, le) (${BUCKETS}))`,
                `{{job}} p${q * 100}`,
              ] as const,
          ),
        }),
        timeline({
          title: 'How fast the error budget burns',
          description:
            'At 1 it lasts for 30 days. Recorded by the rules of monitoring/, without which there is nothing here.',
          unit: 'short',
          queries: ['1h', '6h', '3d'].map(
            (window) =>
              [
                `job:http_server_request_errors:ratio_rate${window}{job=~"$job"} / 0.001`,
                `{{job}} over ${window}`,
              ] as const,
          ),
        }),
      ],
    },
    {
      title: 'Processes',
      panels: [
        timeline({
          title: 'CPU',
          description: 'Processors in use.',
          unit: 'short',
          queries: [
            [`sum by (job) (rate(process_cpu_seconds_total{${TARGET}}${RATE}))`, '{{job}}'],
          ],
        }),
        timeline({
          title: 'Memory',
          unit: 'bytes',
          queries: [
            [`sum by (job) (process_resident_memory_bytes{${TARGET}})`, '{{job}} resident'],
            [`sum by (job) (nodejs_heap_size_used_bytes{${TARGET}})`, '{{job}} heap'],
          ],
        }),
        timeline({
          title: 'Event loop lag',
          description: 'p99: the mean over threads, or the worst of workers that have a label.',
          unit: 's',
          queries: [[`max by (job) (nodejs_eventloop_lag_p99_seconds{${TARGET}})`, '{{job}}']],
        }),
        timeline({
          title: 'Live processes and threads',
          unit: 'short',
          queries: [[`sum by (job) (${LIVE})`, '{{job}}']],
        }),
      ],
    },
  ],
};
