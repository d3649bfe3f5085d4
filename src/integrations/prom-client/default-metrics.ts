import {
  type CollectDefaultMetrics,
  defaultMetricsCollector,
} from '../../default-metrics/collect-default-metrics.js';
import type { UtilizationConfiguration } from '../../default-metrics/setting.js';
import type { Dialect } from './dialects.js';
import type { RegistryClass } from './patched-registry.js';

type Collect = CollectDefaultMetrics<UtilizationConfiguration>;

/** What marks a function that was made here. */
const MADE_HERE = Symbol.for('prom-multiproc/default metrics');

/**
 * What stands in for a package's `collectDefaultMetrics`: the packages' own counts what is
 * the process's once in every thread, and once in every copy. Metrics go to the same
 * registry.
 */
export function defaultMetrics(
  original: Collect,
  registryClass: () => RegistryClass,
  { measuresUtilization }: Dialect,
): Collect {
  if (Object.hasOwn(original, MADE_HERE)) return original;
  const collect = defaultMetricsCollector({
    utilization: measuresUtilization,
    registry: () => registryClass().globalRegistry as never,
  });
  Object.defineProperty(collect, 'name', { value: original.name });
  Object.defineProperty(collect, MADE_HERE, { value: true });
  return collect;
}
