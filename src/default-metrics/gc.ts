import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import type { Setting } from './setting.js';

const DEFAULT_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

const KINDS: ReadonlyMap<unknown, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What Node.js gives of a collection. */
interface PerformanceNodeEntry extends PerformanceEntry {
  readonly detail?: { readonly kind?: number };
}

/** Garbage collections of this thread. */
export function gc(setting: Setting): void {
  const { labels, config } = setting;
  const histogram = setting.histogram(
    'nodejs_gc_duration_seconds',
    'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    { ownLabels: ['kind'], buckets: config.gcDurationBuckets ?? DEFAULT_BUCKETS },
  );
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as PerformanceNodeEntry;
      const kind = KINDS.get(detail?.kind);
      if (kind !== undefined) histogram.observe({ kind, ...labels }, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
}
