import test from 'ava';
import { median, pairedRatio, spread } from '../../bench/support/statistics.js';

test('the median is the middle sample, or between the two in the middle', (t) => {
  t.is(median([9, 1, 5]), 5);
  t.is(median([10, 9, 1, 4]), 6.5);
  t.throws(() => median([]), { instanceOf: RangeError });
});

test('a spread has the least and the most beside the median', (t) => {
  t.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
});

test('a ratio compares the samples of one round, so that a slow round changes nothing', (t) => {
  t.is(pairedRatio([20, 2000, 20], [10, 1000, 10]), 2);
});
