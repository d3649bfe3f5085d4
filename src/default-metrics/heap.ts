import { getHeapSpaceStatistics } from 'node:v8';
import type { Gauge } from '../metrics/gauge.js';
import type { Setting } from './setting.js';

const SPACE_SUFFIX = /_space$/;
const KINDS = ['total', 'used', 'available'] as const;

/** The heap of this thread: each has its own. */
export function heap(setting: Setting): void {
  const { labels } = setting;
  const collect = () => {
    const { heapTotal, heapUsed, external: outside } = process.memoryUsage();
    total.set(labels, heapTotal);
    used.set(labels, heapUsed);
    external.set(labels, outside);
  };
  const total = setting.gauge(
    'nodejs_heap_size_total_bytes',
    'Process heap size from Node.js in bytes.',
    { collect },
  );
  const used = setting.gauge(
    'nodejs_heap_size_used_bytes',
    'Process heap size used from Node.js in bytes.',
  );
  const external = setting.gauge(
    'nodejs_external_memory_bytes',
    'Node.js external memory size in bytes.',
  );
}

/** The spaces of this thread's heap. */
export function heapSpaces(setting: Setting): void {
  const { labels } = setting;
  const collect = () => {
    for (const statistics of getHeapSpaceStatistics()) {
      const space = statistics.space_name.replace(SPACE_SUFFIX, '');
      const of = { space, ...labels };
      total.set(of, statistics.space_size);
      used.set(of, statistics.space_used_size);
      available.set(of, statistics.space_available_size);
    }
  };
  const [total, used, available] = KINDS.map((kind) =>
    setting.gauge(
      `nodejs_heap_space_size_${kind}_bytes`,
      `Process heap space size ${kind} from Node.js in bytes.`,
      { ownLabels: ['space'], ...(kind === 'total' && { collect }) },
    ),
  ) as [Gauge, Gauge, Gauge];
}
