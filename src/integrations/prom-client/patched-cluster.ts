import { withMergedView } from '../../metrics/page-maker.js';
import {
  type ClientRegistry,
  type RegistryClass,
  selectionOfAll,
  selectionOfRegistry,
  whileAggregating,
} from './patched-registry.js';

interface ClusterClass extends RegistryClass {
  aggregate?(...args: unknown[]): unknown;
  setRegistries?(registries: ClientRegistry | ClientRegistry[]): void;
}

/** Methods of the packages that gather all workers' metrics by messages. */
const GATHERING = ['clusterMetrics', 'workerMetrics'] as const;

const PATCHED = Symbol.for('prom-multiproc/patched cluster registry');

/**
 * Changes a package's registry class for clusters, or for threads, in place: what it
 * gathered by messages it reads from the directory, in whatever process it is asked.
 */
export function patchCluster(clusterClass: ClusterClass): void {
  if (Object.hasOwn(clusterClass, PATCHED)) return;
  Object.defineProperty(clusterClass, PATCHED, { value: true });
  const { setRegistries } = clusterClass;
  /** Undefined as long as the application has not chosen: then it is all that is global. */
  let chosen: readonly ClientRegistry[] | undefined;

  async function gather(this: ClientRegistry): Promise<string> {
    const { globalRegistry } = clusterClass;
    const selection =
      chosen === undefined && globalRegistry !== undefined
        ? selectionOfRegistry(globalRegistry)
        : selectionOfAll(chosen ?? []);
    if (selection === undefined) return '';
    return withMergedView(selection, (merged) =>
      merged.families.length === 0 ? '' : merged.page(this.contentType),
    );
  }

  for (const method of GATHERING) {
    if (method in clusterClass.prototype) {
      Object.defineProperty(clusterClass.prototype, method, {
        value: gather,
        writable: true,
        configurable: true,
      });
    }
  }
  if (setRegistries !== undefined) {
    clusterClass.setRegistries = (registries) => {
      setRegistries.call(clusterClass, registries);
      chosen = [registries].flat();
    };
  }
  patchAggregate(clusterClass);
}

/** What `aggregate` makes shows the given values, and no file hears of them. */
export function patchAggregate(registryClass: ClusterClass): void {
  if (!Object.hasOwn(registryClass, 'aggregate')) return;
  const { aggregate } = registryClass;
  registryClass.aggregate = (...args) =>
    whileAggregating(() => aggregate?.apply(registryClass, args));
}
