import { AggregatorRegistry, Registry } from 'prom-client';
import type { Registry as OwnRegistry } from '../../src/index.js';
import { loadClient } from '../support/client.js';
import { answer } from '../support/peer.js';
import type { Workload } from '../workloads.js';
import { application } from './application.js';

/**
 * prom-client's primary. Its workers are registries of this process; their messages are
 * made outside of the time that counts, as a primary gets them: as JSON.
 */
const workload = JSON.parse(process.argv[2] as string) as Workload;
const client = await loadClient('prom-client');
const workers = Array.from({ length: workload.procs }, (_, proc) => {
  const registry = new Registry();
  const app = application(client, workload, proc, registry as unknown as OwnRegistry);
  return { registry, app };
});

answer({
  change(turn: number) {
    for (const { app } of workers) app.change(turn);
  },
  grow: (turn: number) => workers[0]?.app.grow(turn),
  async scrape(): Promise<{ parseMs: number; ms: number; page: string }> {
    const messages: string[] = [];
    for (const { registry } of workers) {
      messages.push(JSON.stringify(await registry.getMetricsAsJSON()));
    }
    const begin = performance.now();
    const arrays = messages.map((message) => JSON.parse(message) as object[]);
    const parsed = performance.now();
    const page = Buffer.from(await AggregatorRegistry.aggregate(arrays).metrics());
    const end = performance.now();
    return { parseMs: parsed - begin, ms: end - parsed, page: page.toString() };
  },
});
