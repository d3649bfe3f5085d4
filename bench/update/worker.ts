import { loadClient, type Side } from '../support/client.js';
import { answer } from '../support/peer.js';
import { applicationOperations } from './application.js';
import { type Operation, plainOperations } from './operations.js';

/** One side of the comparison, in a process of its own. */
const client = await loadClient(process.argv[2] as Side);
const operations = new Map<string, Operation>();
const make = process.argv[3] === 'application' ? applicationOperations : plainOperations;
for (const operation of make(client)) operations.set(operation.name, operation);

answer({
  names: () => [...operations.keys()],
  /** Nanoseconds that one update took. */
  run(name: string, iterations: number): number {
    const { run, updates } = operations.get(name) as Operation;
    const begin = process.hrtime.bigint();
    run(iterations);
    return Number(process.hrtime.bigint() - begin) / (iterations * updates);
  },
  page: () => client.page(),
});
