import test from 'ava';
import * as theirs from 'prom-client';
import { exponentialBuckets, linearBuckets } from '../../src/index.js';

test('linear buckets begin at start and lie width apart', (t) => {
  t.deepEqual(linearBuckets(0, 50, 4), [0, 50, 100, 150]);
  t.deepEqual(linearBuckets(-1, 0.5, 3), [-1, -0.5, 0]);
  t.deepEqual(linearBuckets(5, 0, 2), [5, 5]);
});

test('exponential buckets begin at start and grow by factor', (t) => {
  t.deepEqual(exponentialBuckets(1, 5, 4), [1, 5, 25, 125]);
  t.deepEqual(exponentialBuckets(0.5, 1.5, 3), [0.5, 0.75, 1.125]);
});

test("bounds are prom-client's to the last bit", (t) => {
  t.deepEqual(linearBuckets(0.1, 0.1, 50), theirs.linearBuckets(0.1, 0.1, 50));
  t.deepEqual(exponentialBuckets(0.001, 1.3, 50), theirs.exponentialBuckets(0.001, 1.3, 50));
});

test('what cannot be throws as in prom-client', (t) => {
  t.throws(() => linearBuckets(1, 1, 0), { message: 'Linear buckets needs a positive count' });
  t.throws(() => exponentialBuckets(0, 2, 3), {
    message: 'Exponential buckets needs a positive start',
  });
  t.throws(() => exponentialBuckets(1, 2, 0), {
    message: 'Exponential buckets needs a positive count',
  });
  t.throws(() => exponentialBuckets(1, 1, 3), {
    message: 'Exponential buckets needs a factor greater than 1',
  });
});
