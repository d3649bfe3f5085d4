import type { Registry as OwnRegistry } from '../../src/index.js';
import { type Client, loadPackage, type PackageName } from '../support/client.js';
import { answer } from '../support/peer.js';
import type { Workload } from '../workloads.js';
import { application } from './application.js';

/**
 * The primary of a package in prom-client's shape. Its workers are registries of this
 * process; their messages are made outside of the time that counts, as a primary gets
 * them: as JSON.
 */
const [name, text] = process.argv.slice(2) as [PackageName, string];
const workload = JSON.parse(text) as Workload;
const client = await loadPackage(name);
const workers = Array.from({ length: workload.procs }, (_, proc) => {
  const registry = new client.Registry();
  const app = application(
    client as unknown as Client,
    workload,
    proc,
    registry as unknown as OwnRegistry,
  );
  return { registry, app };
});

answer({
  change(turn: number, every?: number) {
    for (const { app } of workers) app.change(turn, every);
  },
  /** Changes the values of one of them. */
  changeOne: (turn: number, proc: number) => workers[proc]?.app.change(turn),
  grow: (turn: number) => workers[0]?.app.grow(turn),
  async scrape(): Promise<{ parseMs: number; ms: number; page: string }> {
    const messages: string[] = [];
    for (const { registry } of workers) {
      messages.push(JSON.stringify(await registry.getMetricsAsJSON()));
    }
    const begin = performance.now();
    const arrays = messages.map((message) => JSON.parse(message) as object[]);
    const parsed = performance.now();
    const page = Buffer.from(await client.AggregatorRegistry.aggregate(arrays).metrics());
    const end = performance.now();
    return { parseMs: parsed - begin, ms: end - parsed, page: page.toString() };
  },
});
