// Shows the differences of a preloaded client package from itself: prints what is not as
// it is meant to be. Ends with code 0 when all is.

import assert from 'node:assert/strict';
import { resultOf } from './differences.js';
import { type PairName, pairOf } from './pairs.js';
import { PRELOADED_DIFFERENCES } from './preloaded-differences.js';

const pair = process.argv[2] as PairName;
const { theirLibrary, ourLibrary } = pairOf(pair);
const differences = PRELOADED_DIFFERENCES.filter(({ of }) => of.includes(pair));
assert.ok(differences.length > 0);

for (const difference of differences) {
  const { title, theirs, ours } = difference;
  assert.deepEqual(await resultOf(difference, theirLibrary), theirs, `theirs: ${title}`);
  assert.deepEqual(await resultOf(difference, ourLibrary), ours, `ours: ${title}`);
}
