// Gives exemplars at full speed that show when they were read in part: value, time and all
// labels of one say the same number.

import process from 'node:process';
import { Counter, Registry } from '../../src/index.js';
import { EXEMPLARS, exemplarLabels } from '../helpers/torn-exemplars.js';

const UPDATES_PER_TURN = 1024;

// The clock of exemplars: the number of the one that is being given.
let now = 1;
Date.now = () => now;

const counter = new Counter({
  name: 'torn_total',
  help: 'Exemplars whose parts agree.',
  labelNames: ['at'],
  enableExemplars: true,
  registers: [new Registry(Registry.OPENMETRICS_CONTENT_TYPE)],
});

function update(count: number): void {
  for (let i = 0; i < count; i++) {
    now++;
    const labels = { at: `${now % EXEMPLARS}` };
    counter.inc({ labels, value: now, exemplarLabels: exemplarLabels(now) });
  }
}

function run(): void {
  update(UPDATES_PER_TURN);
  setImmediate(run);
}

process.once('disconnect', () => process.exit());

// All of them once, so that every reader finds them.
update(EXEMPLARS);
setImmediate(() => {
  process.send?.({ event: process.pid });
  run();
});
