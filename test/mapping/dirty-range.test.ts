import test from 'ava';
import { DirtyRange } from '../../src/mapping/dirty-range.js';

test('a range grows to hold all that was marked, and is told of once', (t) => {
  let told = 0;
  const range = new DirtyRange(() => told++);
  t.true(range.low > range.high);
  range.mark(5, 6);
  range.mark(9, 9);
  range.mark(2, 2);
  range.mark(4, 4);
  t.deepEqual([range.low, range.high, told], [2, 9, 1]);
});

test('a range that was cleared is clean, and is told of anew', (t) => {
  let told = 0;
  const range = new DirtyRange(() => told++);
  range.mark(0, 0);
  range.clear();
  t.true(range.low > range.high);
  t.is(range.high, -1);
  range.mark(3, 3);
  t.deepEqual([range.low, range.high, told], [3, 3, 2]);
});

test('whoever is told finds the range marked already', (t) => {
  const range: DirtyRange = new DirtyRange(() => t.deepEqual([range.low, range.high], [1, 2]));
  t.plan(1);
  range.mark(1, 2);
});
