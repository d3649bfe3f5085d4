// The bucket of a value must be that of the comparison that it replaces, for all numbers.

import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { bucketFinder, findBucket } from '../../src/metrics/bucket-finder.js';

/** What a finder stands for. */
function firstNotBelow(bounds: readonly number[], value: number): number {
  const bucket = bounds.findIndex((bound) => value <= bound);
  return bucket < 0 ? bounds.length : bucket;
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -1000, max: 1000 }),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE, -Number.MAX_VALUE),
);

/** The numbers just below and just above as well. */
function around(value: number): number[] {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  return [-1n, 0n, 1n]
    .map((step) => new Float64Array(BigInt64Array.of((bits[0] as bigint) + step).buffer)[0] ?? 0)
    .filter(Number.isFinite);
}

test('finds the first bound that is not below the value', (t) => {
  const bounds = fc
    .uniqueArray(number, { maxLength: 40, comparator: 'SameValueZero' })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(bounds, fc.array(number), (ascending, values) => {
      const finder = bucketFinder(ascending);
      for (const value of [...values, ...ascending].flatMap(around)) {
        assert.equal(findBucket(finder, value), firstNotBelow(ascending, value), `${value}`);
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('finds it among a thousand bounds and over the whole range of numbers', (t) => {
  for (const ascending of [
    Array.from({ length: 1000 }, (_, i) => i - 500),
    Array.from({ length: 1000 }, (_, i) => i * 1e-3),
    Array.from({ length: 600 }, (_, i) => 10 ** (i - 300)),
    [5e-324, Number.MAX_VALUE],
    [-Number.MAX_VALUE, -5e-324],
  ]) {
    const finder = bucketFinder(ascending);
    for (const value of ascending.flatMap(around)) {
      if (findBucket(finder, value) !== firstNotBelow(ascending, value)) t.fail(`${value}`);
    }
  }
  t.pass();
});
