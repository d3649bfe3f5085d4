import type { Content } from './dashboard.js';
import { ranking, timeline } from './panels.js';
import { TARGET } from './variables.js';

const RATE = '[$__rate_interval]';
const LIVE = `sum(prom_multiproc_writers{${TARGET},state="live"})`;
const GC_TIME = `rate(nodejs_gc_duration_seconds_sum{${TARGET}}${RATE})`;
const GC_BUCKETS = `rate(nodejs_gc_duration_seconds_bucket{${TARGET}}${RATE})`;
const CPU = `rate(process_cpu_seconds_total{${TARGET}}${RATE})`;

const EACH =
  'A line for each worker where collectDefaultMetrics was given a label `worker`; one for each instance where not.';
const WORKER = 'instance, worker';
const WORKER_NAME = '{{instance}} {{worker}}';

export const runtime: Content = {
  title: 'prom-multiproc / Runtime',
  description: 'Event loops, heaps and garbage collection, merged and of each worker.',
  choices: ['job', 'instance'],
  rows: [
    {
      title: 'Event loop',
      panels: [
        timeline({
          title: 'Lag, merged',
          description: 'The percentiles are means over threads, the maximum is that of any.',
          unit: 's',
          queries: [
            [`avg(nodejs_eventloop_lag_mean_seconds{${TARGET}})`, 'mean'],
            ...['p50', 'p90', 'p99'].map(
              (p) => [`avg(nodejs_eventloop_lag_${p}_seconds{${TARGET}})`, p] as const,
            ),
            [`max(nodejs_eventloop_lag_max_seconds{${TARGET}})`, 'max'],
          ],
        }),
        timeline({
          title: 'Lag of each worker, p99',
          description: EACH,
          unit: 's',
          queries: [
            [`max by (${WORKER}) (nodejs_eventloop_lag_p99_seconds{${TARGET}})`, WORKER_NAME],
          ],
        }),
      ],
    },
    {
      title: 'Heap',
      panels: [
        timeline({
          title: 'Heap, merged',
          unit: 'bytes',
          queries: [
            [`sum(nodejs_heap_size_used_bytes{${TARGET}})`, 'used'],
            [`sum(nodejs_heap_size_total_bytes{${TARGET}})`, 'total'],
            [`sum(nodejs_external_memory_bytes{${TARGET}})`, 'external'],
            [`sum(nodejs_heap_size_used_bytes{${TARGET}}) / ${LIVE}`, 'used, mean of a worker'],
          ],
        }),
        timeline({
          title: 'Heap of each worker, used',
          description: EACH,
          unit: 'bytes',
          queries: [[`sum by (${WORKER}) (nodejs_heap_size_used_bytes{${TARGET}})`, WORKER_NAME]],
        }),
        timeline({
          title: 'Heap by space, used',
          unit: 'bytes',
          stacked: true,
          queries: [[`sum by (space) (nodejs_heap_space_size_used_bytes{${TARGET}})`, '{{space}}']],
        }),
        timeline({
          title: 'Resident memory of each worker',
          description: EACH,
          unit: 'bytes',
          queries: [[`sum by (${WORKER}) (process_resident_memory_bytes{${TARGET}})`, WORKER_NAME]],
        }),
      ],
    },
    {
      title: 'Garbage collection',
      panels: [
        timeline({
          title: 'Time collecting, merged, by kind',
          description: 'Of one processor; 1 is one that does nothing else.',
          unit: 'percentunit',
          stacked: true,
          queries: [[`sum by (kind) (${GC_TIME})`, '{{kind}}']],
        }),
        timeline({
          title: 'Time collecting, of each worker',
          description: EACH,
          unit: 'percentunit',
          queries: [[`sum by (${WORKER}) (${GC_TIME})`, WORKER_NAME]],
        }),
        timeline({
          title: 'Pauses',
          unit: 's',
          queries: [0.5, 0.99].map(
            (q) =>
              [
                `histogram_quantile(${q}, sum by (kind, le) (${GC_BUCKETS}))`,
                `{{kind}} p${q * 100}`,
              ] as const,
          ),
        }),
        timeline({
          title: 'Collections by kind',
          unit: 'cps',
          queries: [
            [
              `sum by (kind) (rate(nodejs_gc_duration_seconds_count{${TARGET}}${RATE}))`,
              '{{kind}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Processes',
      panels: [
        timeline({
          title: 'CPU, merged',
          description: 'Processors in use.',
          unit: 'short',
          queries: [
            [`sum(rate(process_cpu_user_seconds_total{${TARGET}}${RATE}))`, 'user'],
            [`sum(rate(process_cpu_system_seconds_total{${TARGET}}${RATE}))`, 'system'],
          ],
        }),
        timeline({
          title: 'CPU of each worker',
          description: EACH,
          unit: 'short',
          queries: [[`sum by (${WORKER}) (${CPU})`, WORKER_NAME]],
        }),
        timeline({
          title: 'File descriptors',
          description: 'Of those that its processes may open.',
          unit: 'percentunit',
          max: 1,
          queries: [
            [
              `sum by (instance) (process_open_fds{${TARGET}}) / sum by (instance) (process_max_fds{${TARGET}})`,
              '{{instance}}',
            ],
          ],
        }),
        timeline({
          title: 'Handles by type',
          unit: 'short',
          queries: [[`sum by (type) (nodejs_active_handles{${TARGET}})`, '{{type}}']],
        }),
        ranking({
          title: 'Versions of Node.js',
          by: ['job', 'version'],
          columns: [
            {
              name: 'Instances',
              unit: 'short',
              expr: `count by (job, version) (group by (job, instance, version) (nodejs_version_info{${TARGET}}))`,
            },
          ],
        }),
      ],
    },
  ],
};
