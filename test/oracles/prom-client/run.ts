// Carries out random programs with two libraries in one process: the environment says
// where this library's metrics go. Ends with code 0 when both agree.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareExactly, compareJson, compareSides } from './compare.js';
import { type PairName, pairOf } from './pairs.js';
import { program } from './program.js';
import { clock, Side } from './side.js';

const NANOSECONDS = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const NOW_MS = 1_700_000_000_123;

process.hrtime = ((since: readonly [number, number] = [0, 0]) => {
  const passed = clock.nanoseconds - since[0] * NANOSECONDS - since[1];
  return [Math.floor(passed / NANOSECONDS), passed % NANOSECONDS];
}) as NodeJS.HRTime;
performance.now = () => clock.nanoseconds / NANOSECONDS_PER_MILLISECOND;
Date.now = () => NOW_MS;

const [runs, pair] = process.argv.slice(2);
const { theirLibrary, ourLibrary, exact } = pairOf(pair as PairName);

const property = fc.asyncProperty(program, async ({ metrics, commands }) => {
  const theirs = new Side(theirLibrary, pair as PairName);
  const ours = new Side(ourLibrary, pair as PairName);
  try {
    for (const spec of metrics) assert.deepEqual(ours.construct(spec), theirs.construct(spec));
    for (const command of commands) {
      if (command.do === 'construct') {
        assert.deepEqual(ours.construct(command.spec), theirs.construct(command.spec));
      } else assert.deepEqual(ours.run(command), theirs.run(command), fc.stringify(command));
      if (command.do === 'compare') await compareSides(theirs, ours);
    }
    await compareSides(theirs, ours);
    if (exact) await compareExactly(theirs, ours);
    await compareJson(theirs, ours);
  } finally {
    ours.registry.clear();
  }
});

await fc.assert(property, { numRuns: Number(runs) });
