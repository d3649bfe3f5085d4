// A cluster whose workers each start a metrics server on one port, as a message says, and
// count to one. Tells which worker listens, and which has ended.

import cluster from 'node:cluster';
import process from 'node:process';
import { Counter, startMetricsServer } from '../../src/index.js';

export interface StartCommand {
  readonly port: number;
  readonly workers: number;
  readonly takeOver: boolean;
}

/** What the child says unasked: this worker has begun to listen. */
export interface Listens {
  readonly pid: number;
  readonly port: number;
}

/** What it says besides: the primary knows of a worker's end, and sends it nothing more. */
export interface Ended {
  readonly ended: number;
}

if (cluster.isPrimary) supervise();
else work();

function supervise(): void {
  cluster.on('message', (_worker, event) => {
    if (event !== 'started') process.send?.({ event });
  });
  cluster.on('exit', (worker) => process.send?.({ event: { ended: worker.process.pid } }));
  process.on('message', async ({ id, command }: { id: number; command: StartCommand }) => {
    await Promise.all(Array.from({ length: command.workers }, () => startWorker(command)));
    process.send?.({ id });
  });
}

/** Resolves when the worker listens or waits. */
function startWorker({ port, takeOver }: StartCommand): Promise<void> {
  const worker = cluster.fork({ PORT: port, TAKE_OVER: takeOver });
  return new Promise((resolve) => {
    worker.on('message', (message) => {
      if (message === 'started') resolve();
    });
  });
}

async function work(): Promise<void> {
  new Counter({ name: 'worker_starts_total', help: 'Workers that were started.' }).inc();
  await startMetricsServer({
    port: Number(process.env.PORT),
    takeOver: process.env.TAKE_OVER === 'true',
    onListening: ({ port }) => process.send?.({ pid: process.pid, port }),
  });
  process.send?.('started');
}
