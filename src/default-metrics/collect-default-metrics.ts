import type { AnyMetric } from '../metrics/any-metric.js';
import type { RegistryContentType } from '../metrics/content-type.js';
import type { Registry } from '../metrics/registry.js';
import { threadState } from '../state.js';
import { threadShared } from '../thread-shared.js';
import { activeHandles, activeRequests, activeResources } from './active.js';
import { cpu } from './cpu.js';
import { maxDescriptors, openDescriptors } from './descriptors.js';
import { eventLoopLag } from './event-loop.js';
import { eventLoopUtilization } from './event-loop-utilization.js';
import { gc } from './gc.js';
import { heap, heapSpaces } from './heap.js';
import { processMemory } from './process-memory.js';
import {
  type DefaultMetricsCollectorConfiguration,
  Setting,
  type UtilizationConfiguration,
} from './setting.js';
import { threadSpeaker } from './speaker.js';
import { startTime } from './start-time.js';
import { version } from './version.js';

/** What differs from one client package to another. */
export interface DefaultMetricsOptions {
  /** `@prometheus-io/client` 0.16 has the event loop's utilization besides those of prom-client 15. */
  readonly utilization?: boolean;
  /** Registry of calls that name none; this thread's default registry where not given. */
  readonly registry?: () => Registry<RegistryContentType>;
}

/** `collectDefaultMetrics` as client packages have it. */
export interface CollectDefaultMetrics<Configuration = object> {
  /**
   * Makes metrics of the process and of Node.js, which bring themselves up to date.
   *
   * @throws TypeError when `config` is neither an object nor absent
   * @throws Error when the registry has one of the names already: after an earlier call
   */
  <C extends RegistryContentType>(
    config?: (DefaultMetricsCollectorConfiguration<C> & Configuration) | null,
  ): void;
  /** Names of the groups of metrics. */
  metricsList: string[];
}

/** A client package's `collectDefaultMetrics`. */
export function defaultMetricsCollector(
  options: DefaultMetricsOptions = {},
): CollectDefaultMetrics<UtilizationConfiguration> {
  const groups: Readonly<Record<string, (setting: Setting) => void>> = {
    processCpuTotal: cpu,
    processStartTime: startTime,
    osMemoryHeap: processMemory,
    processOpenFileDescriptors: openDescriptors,
    processMaxFileDescriptors: maxDescriptors,
    eventLoopLag,
    ...(options.utilization === true && { eventLoopUtilization }),
    processResources: activeResources,
    processHandles: activeHandles,
    processRequests: activeRequests,
    heapSizeAndUsed: heap,
    heapSpacesSizeAndUsed: heapSpaces,
    version,
    gc,
  };
  const collect: CollectDefaultMetrics<UtilizationConfiguration> = (config) => {
    if (config !== null && config !== undefined && typeof config !== 'object') {
      throw new TypeError('config must be null, undefined, or an object');
    }
    const state = threadState();
    const speaker = threadSpeaker(config?.prefix ?? '', state);
    const setting = new Setting({
      config: (config ?? {}) as Setting['config'],
      registry: (config?.register as Setting['config']['register']) ?? options.registry?.(),
      speaker,
      isShared: state.directory !== undefined,
    });
    speaker.announce();
    for (const [name, make] of Object.entries(groups)) makeOrShow(name, make, setting);
    leaveAtExit(speaker);
  };
  collect.metricsList = Object.keys(groups);
  return collect;
}

/**
 * Makes a group, or, where pages are merged and another registry of this thread shows the
 * same, shows that one too: what is made twice would count twice on the pages of others.
 */
function makeOrShow(name: string, make: (setting: Setting) => void, setting: Setting): void {
  const { register: _, ...config } = setting.config;
  const groups = threadShared('default metrics', () => new Map<string, readonly AnyMetric[]>());
  const key = JSON.stringify([name, config]);
  const known = groups.get(key) ?? [];
  const isShown = known.some(({ storeMetric }) => storeMetric.registrations > 0);
  if (setting.isShared && isShown) {
    for (const metric of known) setting.show(metric);
    return;
  }
  make(setting);
  groups.set(key, setting.takeMade());
}

/** After the last round of sampling, whose listener the first metric has brought. */
function leaveAtExit(speaker: Setting['speaker']): void {
  const leaving = threadShared('leaving speakers', () => {
    const speakers = new Set<Setting['speaker']>();
    process.on('exit', () => {
      for (const each of speakers) each.leave();
    });
    return speakers;
  });
  leaving.add(speaker);
}

/** prom-client's default metrics, right across processes and threads. */
export const collectDefaultMetrics: CollectDefaultMetrics = defaultMetricsCollector();
