import { type DelayMonitor, delaysOfWindow, delaysSinceLast, startMonitor } from './delays.js';
import type { Setting } from './setting.js';

const NANOSECONDS = 1e9;
const MILLISECONDS = 1e3;
const DEFAULT_PRECISION_MS = 10;

/** Statistics of the delays, each with the rule that merges threads and processes. */
const STATISTICS = [
  ['min', 'The minimum recorded event loop delay.', 'min', (seen) => seen.min],
  ['max', 'The maximum recorded event loop delay.', 'max', (seen) => seen.max],
  ['mean', 'The mean of the recorded event loop delays.', 'average', (seen) => seen.mean],
  [
    'stddev',
    'The standard deviation of the recorded event loop delays.',
    'average',
    (seen) => seen.stddev,
  ],
  ...([50, 90, 99] as const).map(
    (percent) =>
      [
        `p${percent}`,
        `The ${percent}th percentile of the recorded event loop delays.`,
        'average',
        (seen: DelayMonitor) => seen.percentile(percent),
      ] as const,
  ),
] as const satisfies readonly (readonly [
  name: string,
  help: string,
  aggregator: 'min' | 'max' | 'average',
  of: (seen: DelayMonitor) => number,
])[];

/** Delays of this thread's event loop: the present one, and statistics of those before. */
export function eventLoopLag(setting: Setting): void {
  const { labels, isShared, config } = setting;
  const start = () => startMonitor(config.eventLoopMonitoringPrecision ?? DEFAULT_PRECISION_MS);
  const delays = isShared ? delaysOfWindow(start) : delaysSinceLast(start);
  const collect = () => {
    const begin = performance.now();
    const measure = () => lag.set(labels, (performance.now() - begin) / MILLISECONDS);
    // On the page after this one, as in prom-client.
    setImmediate(measure).unref();
    delays.read((seen) => {
      for (const { gauge, of } of statistics) gauge.set(labels, of(seen) / NANOSECONDS);
    });
  };
  const lag = setting.gauge('nodejs_eventloop_lag_seconds', 'Lag of event loop in seconds.', {
    aggregator: 'average',
    collect,
  });
  const statistics = STATISTICS.map(([name, help, aggregator, of]) => ({
    of,
    gauge: setting.gauge(`nodejs_eventloop_lag_${name}_seconds`, help, { aggregator }),
  }));
}
