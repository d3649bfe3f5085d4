import type { Gauge } from '../metrics/gauge.js';
import type { Setting } from './setting.js';

/** What Node.js offers to those who know, and does not document. */
interface Undocumented {
  _getActiveHandles?: () => unknown[];
  _getActiveRequests?: () => unknown[];
}

/** Two gauges of things that are active: by type, and all together. */
interface Activity {
  readonly name: string;
  readonly help: string;
  readonly totalHelp: string;
  /** Type of each thing that has one. */
  readonly types: () => (string | undefined)[];
}

export function activeHandles(setting: Setting): void {
  const { _getActiveHandles: list } = process as Undocumented;
  if (typeof list !== 'function') return;
  activity(setting, {
    name: 'nodejs_active_handles',
    help: 'Number of active libuv handles grouped by handle type. Every handle type is C++ class name.',
    totalHelp: 'Total number of active handles.',
    types: () => list.call(process).map(className),
  });
}

export function activeRequests(setting: Setting): void {
  const { _getActiveRequests: list } = process as Undocumented;
  if (typeof list !== 'function') return;
  activity(setting, {
    name: 'nodejs_active_requests',
    help: 'Number of active libuv requests grouped by request type. Every request type is C++ class name.',
    totalHelp: 'Total number of active requests.',
    types: () => list.call(process).map(className),
  });
}

export function activeResources(setting: Setting): void {
  activity(setting, {
    name: 'nodejs_active_resources',
    help: 'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
    totalHelp: 'Total number of active resources.',
    types: () => process.getActiveResourcesInfo(),
  });
}

function activity(setting: Setting, { name, help, totalHelp, types }: Activity): void {
  const { labels } = setting;
  const byType: Gauge = setting.gauge(name, help, {
    ownLabels: ['type'],
    collect: setting.forProcess(
      () => setCounts(byType, types(), labels),
      () => [byType],
    ),
  });
  const total: Gauge = setting.gauge(`${name}_total`, totalHelp, {
    collect: setting.forProcess(
      () => total.set(labels, types().length),
      () => [total],
    ),
  });
}

/** Shows how many there are of each type, and no type of which there is none. */
function setCounts(gauge: Gauge, types: readonly (string | undefined)[], labels: object): void {
  const counts = new Map<string, number>();
  for (const type of types) {
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  for (const [type, count] of counts) gauge.set({ type, ...labels }, count);
  // Not by a reset: what is there stays where it is in the file.
  for (const { labelValues } of [...gauge.storeMetric.series]) {
    const type = labelValues[0];
    if (type !== undefined && !counts.has(type)) gauge.remove({ type, ...labels });
  }
}

function className(thing: unknown): string | undefined {
  return (thing as object | null | undefined)?.constructor?.name;
}
