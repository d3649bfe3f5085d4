import test from 'ava';
import { bestOf } from '../../bench/guard.js';
import type { Requirement } from '../../bench/support/requirement.js';

const fast = (found: number): Requirement => ({ what: 'fast', found, atLeast: 10, unit: 'x' });
const slow = (found: number): Requirement => ({ what: 'slow', found, atMost: 2, unit: 'x' });

function tries(...results: Requirement[][]): () => Promise<readonly Requirement[]> {
  return async () => results.shift() ?? Promise.reject(new Error('one try too many'));
}

test('no further try is made once all is reached', async (t) => {
  t.deepEqual(await bestOf(3, tries([fast(10), slow(2)])), [fast(10), slow(2)]);
});

test('each requirement keeps the best of its tries, whichever way is better', async (t) => {
  const measure = tries([fast(12), slow(5)], [fast(1), slow(3)], [fast(9), slow(4)]);
  t.deepEqual(await bestOf(3, measure), [fast(12), slow(3)]);
});

test('requirements may be reached in different tries', async (t) => {
  t.deepEqual(await bestOf(3, tries([fast(12), slow(5)], [fast(1), slow(1)])), [fast(12), slow(1)]);
});
