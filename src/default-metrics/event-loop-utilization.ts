import { performance } from 'node:perf_hooks';
import type { Setting } from './setting.js';

const NAME = 'nodejs_eventloop_utilization';
const HELP =
  'Ratio of time the event loop is not idling in the event provider to the total time the event loop is running.';
const DEFAULT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1];
const DEFAULT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const DEFAULT_INTERVAL_MS = 100;
const DEFAULT_MAX_AGE_SECONDS = 60;
const DEFAULT_AGE_BUCKETS = 5;

/** How busy this thread's event loop is, in intervals; what blocked it for several counts as several. */
export function eventLoopUtilization(setting: Setting): void {
  const { labels, config } = setting;
  const intervalMs = config.eventLoopUtilizationTimeout ?? DEFAULT_INTERVAL_MS;
  const summary = setting.summary(`${NAME}_summary`, HELP, {
    maxAgeSeconds: config.eventLoopUtilizationMaxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS,
    ageBuckets: config.eventLoopUtilizationAgeBuckets ?? DEFAULT_AGE_BUCKETS,
    percentiles: config.eventLoopUtilizationPercentiles ?? DEFAULT_PERCENTILES,
  });
  const histogram = setting.histogram(`${NAME}_histogram`, HELP, {
    buckets: config.eventLoopUtilizationBuckets ?? DEFAULT_BUCKETS,
  });
  let before = performance.eventLoopUtilization();
  let beganMs = performance.now();
  setInterval(() => {
    const after = performance.eventLoopUtilization();
    const endMs = performance.now();
    const { utilization } = performance.eventLoopUtilization(after, before);
    for (let left = Math.round((endMs - beganMs) / intervalMs); left > 0; left--) {
      summary.observe(labels, utilization);
      histogram.observe(labels, utilization);
    }
    before = after;
    beganMs = endMs;
  }, intervalMs).unref();
}
