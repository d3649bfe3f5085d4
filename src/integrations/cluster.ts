import nodeCluster, { type Cluster, type Worker } from 'node:cluster';
import { markProcessDead } from './mark.js';

const hooked = new WeakMap<object, () => void>();

/**
 * Marks a worker dead as soon as the cluster's primary sees it exit, so that its live
 * gauges leave the page at once. Call it in the primary; in a worker it does nothing.
 * A second call does nothing. Returns a function that takes the hook off.
 */
export function installClusterHooks(cluster: Cluster = nodeCluster): () => void {
  const known = hooked.get(cluster);
  if (known !== undefined) return known;
  if (!cluster.isPrimary) return () => {};
  const onExit = (worker: Worker): void => {
    if (worker.process.pid !== undefined) markProcessDead(worker.process.pid);
  };
  cluster.on('exit', onExit);
  const uninstall = (): void => {
    cluster.off('exit', onExit);
    hooked.delete(cluster);
  };
  hooked.set(cluster, uninstall);
  return uninstall;
}
