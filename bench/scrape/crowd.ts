import { answer, Peer } from '../support/peer.js';
import type { Workload } from '../workloads.js';

/** Several writers of a workload as threads of one process: to a reader they are processes. */
const [workload, from, count] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  Workload,
  number,
  number,
];
const writer = new URL('./writer.js', import.meta.url);
const threads = Array.from({ length: count }, (_, i) =>
  Peer.thread(writer, [JSON.stringify(workload), String(from + i)]),
);
// Threads would go on without a parent.
process.once('disconnect', () => process.exit());

answer({
  change: (turn: number, every: number) =>
    Promise.all(threads.map((thread) => thread.call('change', turn, every))),
});
