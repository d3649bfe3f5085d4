// Stores at full speed what shows when it was read in part: gauges whose values have the
// same bits in both halves, and gauges with a set-time, each value being its own time.

import process from 'node:process';
import { Gauge } from '../../src/index.js';
import { agreeingValues, PAIRS, VALUES } from '../helpers/torn-values.js';

const STORES_PER_TURN = 4096;
const patterns = agreeingValues(1024);

// The clock of set-times: the number of the value that is being set.
let now = 1;
performance.now = () => now;
Date.now = () => performance.timeOrigin + now;

const pair = new Gauge({
  name: 'pair',
  help: 'Value and set-time agree.',
  labelNames: ['at'],
  multiprocessMode: 'mostrecent',
});
const value = new Gauge({ name: 'value', help: 'Both halves agree.', labelNames: ['at'] });
const pairs = Array.from({ length: PAIRS }, (_, at) => pair.labels({ at: `${at}` }));
const values = Array.from({ length: VALUES }, (_, at) => value.labels({ at: `${at}` }));

let turn = 0;
function store(count: number): void {
  for (let i = 0; i < count; i++) {
    turn++;
    values[turn % VALUES]?.set(patterns[turn % patterns.length] as number);
    if (turn % 8 !== 0) continue;
    now++;
    pairs[now % PAIRS]?.set(now);
  }
}

function run(): void {
  store(STORES_PER_TURN);
  setImmediate(run);
}

process.once('disconnect', () => process.exit());

// All of them once, so that no reader may ever see a zero.
store(8 * (VALUES + PAIRS));
setImmediate(() => {
  process.send?.({ event: performance.timeOrigin });
  run();
});
