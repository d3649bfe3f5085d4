// Changes a golden file in as many ways as it is told, and cuts it off at every so manieth
// byte; says all the time how far it is, and at the end what became of the file.

import process from 'node:process';
import { type GoldenName, MutationHunt } from '../helpers/mutation-hunt.js';

/** Changes between two signs of life. */
const BATCH = 1_000;

const [name, ...numbers] = process.argv.slice(2) as [GoldenName, ...string[]];
const [firstSeed, count, firstSize, stride] = numbers.map(Number) as [
  number,
  number,
  number,
  number,
];

const hunt = new MutationHunt(name);
for (let i = 0; i < count; i++) {
  if (i % BATCH === 0) process.send?.({ at: `${name}, seed ${firstSeed + i} and after` });
  hunt.mutate(firstSeed + i);
}
for (let size = firstSize; size < hunt.length; size += stride) {
  if (size % BATCH === firstSize) process.send?.({ at: `${name}, cut off at ${size} and after` });
  hunt.truncate(size, false);
}
hunt.end();
process.send?.({ tally: hunt.tally, residentBytes: process.memoryUsage().rss });
