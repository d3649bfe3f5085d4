import { application } from '../scrape/application.js';
import { type Client, loadPackage, type PackageName } from '../support/client.js';
import type { Workload } from '../workloads.js';

/** A worker of the cluster: the package answers the primary's questions by itself. */
const [name, text] = process.argv.slice(2) as [PackageName, string];
const client = await loadPackage(name);
new client.AggregatorRegistry();
const { change } = application(
  client as unknown as Client,
  JSON.parse(text) as Workload,
  Number(process.env.BENCH_PROC),
);
process.on('message', ({ turn }: { turn?: number }) => {
  if (turn === undefined) return;
  change(turn);
  process.send?.({ done: true });
});
process.send?.({ done: true });
