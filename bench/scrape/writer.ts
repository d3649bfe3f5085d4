import { setImmediate } from 'node:timers/promises';
import { loadClient } from '../support/client.js';
import { answer } from '../support/peer.js';
import type { Workload } from '../workloads.js';
import { application } from './application.js';

/** One process of a workload. */
const [workload, proc] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  Workload,
  number,
];
const { change, grow } = application(await loadClient('mmap'), workload, proc);

// The file backend writes at the end of a turn: what was asked first is done first.
answer({
  async change(turn: number, every?: number) {
    change(turn, every);
    await setImmediate();
  },
  async grow(turn: number) {
    grow(turn);
    await setImmediate();
  },
});
