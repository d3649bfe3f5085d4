import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { loadPackage, type PackageName } from '../support/client.js';
import { answer } from '../support/peer.js';
import type { Workload } from '../workloads.js';

/** A real cluster's primary, of a package in prom-client's shape, with a workload's workers. */
const [name, text] = process.argv.slice(2) as [PackageName, string];
const { procs } = JSON.parse(text) as Workload;
const { AggregatorRegistry } = await loadPackage(name);
const aggregator = new AggregatorRegistry();
cluster.setupPrimary({
  exec: fileURLToPath(new URL('./cluster-worker.js', import.meta.url)),
  args: [name, text],
});
const workers = await Promise.all(
  Array.from({ length: procs }, async (_, proc) => {
    const worker = cluster.fork({ BENCH_PROC: String(proc) });
    await changed(worker);
    return worker;
  }),
);
process.once('disconnect', () => {
  for (const worker of workers) worker.process.kill();
  process.exit();
});

answer({
  async change(turn: number) {
    await Promise.all(
      workers.map((worker) => {
        const done = changed(worker);
        worker.send({ turn });
        return done;
      }),
    );
  },
  async scrape(): Promise<{ ms: number; page: string }> {
    const begin = performance.now();
    const page = Buffer.from(await aggregator.clusterMetrics());
    return { ms: performance.now() - begin, page: page.toString() };
  },
});

/**
 * Resolves when the worker says that it is there, or that it has changed its values. Its
 * client sends messages of its own, several of which may come at once.
 */
function changed({ process: worker }: NonNullable<typeof cluster.worker>): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = () => {
      worker.off('message', heard);
      worker.off('exit', ended);
    };
    const heard = (message: { done?: true }) => {
      if (message.done !== true) return;
      forget();
      resolve();
    };
    const ended = (code: number | null, signal: string | null) => {
      forget();
      reject(new Error(`a worker ended (${signal ?? code})`));
    };
    worker.on('message', heard);
    worker.on('exit', ended);
  });
}
