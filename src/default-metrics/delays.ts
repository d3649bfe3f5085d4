import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { EVENT_LOOP_WINDOW_MS } from '../limits.js';

/** What delays of the event loop are read from. */
export type DelayMonitor = Pick<
  IntervalHistogram,
  'count' | 'min' | 'max' | 'mean' | 'stddev' | 'percentile' | 'reset'
>;

/** Delays of this thread's event loop. */
export interface Delays {
  /** Calls `report` with what was seen, where anything was. */
  read(report: (seen: DelayMonitor) => void): void;
}

/** Delays since the last reading, as in prom-client: for a thread that makes its pages alone. */
export function delaysSinceLast(start: () => DelayMonitor): Delays {
  const monitor = start();
  return {
    read(report) {
      if (monitor.count === 0) return;
      report(monitor);
      monitor.reset();
    },
  };
}

/**
 * Delays of one or two windows. Pages are made elsewhere, at times of which this thread
 * knows nothing, and each is to show the worst since the page before: of two monitors
 * that are emptied in turn the one that remembers longer is read.
 */
export function delaysOfWindow(
  start: () => DelayMonitor,
  now: () => number = () => performance.now(),
): Delays {
  let [longer, shorter] = [start(), start()];
  let turnedMs = now();
  return {
    read(report) {
      if (now() - turnedMs >= EVENT_LOOP_WINDOW_MS) {
        [longer, shorter] = [shorter, longer];
        shorter.reset();
        turnedMs = now();
      }
      if (longer.count > 0) report(longer);
    },
  };
}

/** A monitor that looks every `resolution` milliseconds, and keeps nothing alive. */
export function startMonitor(resolution: number): DelayMonitor {
  const monitor = monitorEventLoopDelay({ resolution });
  monitor.enable();
  return monitor;
}
