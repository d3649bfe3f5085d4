// A cluster whose workers hold a live gauge and a counter. The primary does what the
// test says; it never makes a page and so never looks whether a worker lives.

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import { Counter, Gauge, installClusterHooks } from '../../src/index.js';

export type ClusterCommand =
  | { readonly do: 'install' | 'uninstall' | 'hooks' | 'fork' }
  /** Kills a worker; answered when the primary has seen it exit. */
  | { readonly do: 'kill'; readonly pid: number; readonly signal: NodeJS.Signals };

if (cluster.isPrimary) serve();
else work();

function serve(): void {
  const installed: (() => void)[] = [];

  process.on('message', async ({ id, command }: { id: number; command: ClusterCommand }) => {
    process.send?.({ id, value: await carryOut(command) });
  });

  async function carryOut(command: ClusterCommand): Promise<unknown> {
    switch (command.do) {
      case 'install':
        installed.push(installClusterHooks());
        return new Set(installed).size;
      case 'uninstall':
        installed.pop()?.();
        return undefined;
      case 'hooks':
        return cluster.listenerCount('exit');
      case 'fork': {
        const worker = cluster.fork();
        const [hooksOfWorker] = await once(worker, 'message');
        return { pid: worker.process.pid, hooksOfWorker };
      }
      case 'kill': {
        const worker = workerOf(command.pid);
        const exit = once(worker, 'exit');
        worker.process.kill(command.signal);
        await exit;
        return undefined;
      }
    }
  }
}

function workerOf(pid: number): Worker {
  const found = Object.values(cluster.workers ?? {}).find((worker) => worker?.process.pid === pid);
  if (found === undefined) throw new Error(`no worker ${pid}`);
  return found;
}

function work(): void {
  const before = cluster.listenerCount('exit');
  const uninstall = installClusterHooks();
  const added = cluster.listenerCount('exit') - before;
  uninstall();
  new Gauge({ name: 'live', help: 'A live gauge.' }).set(1);
  new Gauge({ name: 'each', help: 'Workers.', multiprocessMode: 'liveall' }).set(1);
  new Counter({ name: 'c_total', help: 'A counter.' }).inc(1);
  // After a turn of the event loop: on every backend others see both by now.
  setImmediate(() => process.send?.(added));
}
