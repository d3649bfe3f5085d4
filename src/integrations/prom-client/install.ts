import { connectSampling } from '../../collect/sampler.js';
import { connectRegistries } from '../../collect/shared.js';
import { inheritCells } from '../../default-metrics/shared-cells.js';
import { threadState } from '../../state.js';
import { defaultMetrics } from './default-metrics.js';
import { DIALECTS, packageOf } from './dialects.js';
import { patchAggregate, patchCluster } from './patched-cluster.js';
import { patchRegistry } from './patched-registry.js';
import { storedClass } from './stored-classes.js';

const METRIC_CLASSES = {
  Counter: 'counter',
  Gauge: 'gauge',
  Histogram: 'histogram',
  Summary: 'summary',
} as const;

const CLUSTER_CLASSES = ['AggregatorRegistry', 'ClusterRegistry', 'WorkerRegistry'] as const;

/**
 * Makes a client package that an application has at hand write to the store, in place:
 * prom-client 15, `@prometheus-io/client` 0.16 or `@platformatic/prom-client` 1, also
 * where it is part of a bundle, which the preload cannot see. Call it before the first
 * metric is made. Metrics that are there already, and classes that were taken out of the
 * package before, are still on the merged page: their values are taken whenever
 * `collect` callbacks run. Does nothing where no directory is set, or when called again.
 *
 * @throws TypeError for what is no such package, and for the namespace of
 * `import * as client`, which cannot be changed: pass the default export
 */
export function install(client: object): void {
  const exports = client as Record<string, unknown>;
  if (typeof exports.Registry !== 'function' || typeof exports.Counter !== 'function') {
    throw new TypeError(
      'install() was given something that has no Registry and no Counter: pass what require() of a client package, or the default export of an import, gives',
    );
  }
  if (Object.prototype.toString.call(client) === '[object Module]') {
    throw new TypeError(
      "install() was given a module namespace, which cannot be changed: pass the default export, as in `import client from 'prom-client'; install(client)`",
    );
  }
  if (threadState().directory === undefined) return;
  connect();
  change(exports);
}

/** What changed packages need of the rest of the library, as its main entry has it. */
export function connect(): void {
  connectRegistries();
  connectSampling();
  inheritCells();
}

/** Changes what a client package exports. */
export function change(exports: Record<string, unknown>): void {
  const dialect = DIALECTS[packageOf(exports)];
  patchRegistry(exports.Registry as never);
  patchAggregate(exports.Registry as never);
  for (const [name, type] of Object.entries(METRIC_CLASSES)) {
    exports[name] = storedClass(type, exports[name] as never, dialect);
  }
  if (typeof exports.collectDefaultMetrics === 'function') {
    const registryClass = () => exports.Registry as never;
    exports.collectDefaultMetrics = defaultMetrics(
      exports.collectDefaultMetrics as never,
      registryClass,
      dialect,
    );
  }
  for (const name of CLUSTER_CLASSES) {
    if (typeof exports[name] === 'function') patchCluster(exports[name] as never);
  }
}
