import type { Setting } from './setting.js';

const startSeconds = Math.round(Date.now() / 1000 - process.uptime());

/**
 * When the process started; merged, when the oldest that lives did: since then the
 * application runs.
 */
export function startTime(setting: Setting): void {
  const gauge = setting.gauge(
    'process_start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
    {
      aggregator: 'omit',
      multiprocessMode: 'livemin',
      collect: setting.forProcess(
        () => gauge.set(setting.labels, startSeconds),
        () => [gauge],
      ),
    },
  );
}
