import test from 'ava';
import { ValueWatch } from '../../src/merge/value-watch.js';
import { atOnce } from '../../src/steps.js';

function watch() {
  const array = Float64Array.of(1, 2, 3, 4);
  const other = Float64Array.of(5);
  const slots = [
    { array, low: 1, high: 2 },
    { array: other, low: 0, high: 1 },
    { array, low: 2, high: 3 },
  ];
  const watched = new ValueWatch(slots);
  const changed = () => atOnce(watched.changed());
  t0(changed);
  return { array, other, changed };
}

/** The first two calls have nothing to compare with. */
function t0(changed: () => boolean): void {
  if (!changed() || !changed()) throw new Error('nothing was known yet');
}

test('nothing has changed where all slots are as they were', (t) => {
  const { changed } = watch();
  t.false(changed());
  t.false(changed());
});

test('a change of any part of any array is seen, once', (t) => {
  const { array, other, changed } = watch();
  const changes: [Float64Array, number][] = [
    [array, 1],
    [array, 2],
    [other, 0],
  ];
  for (const [changing, slot] of changes) {
    changing[slot] = 9;
    t.true(changed());
    t.false(changed());
  }
});

test('slots that are not read may change', (t) => {
  const { array, changed } = watch();
  array[0] = 9;
  array[3] = 9;
  t.false(changed());
});

test('zero and minus zero are not the same', (t) => {
  const { other, changed } = watch();
  other[0] = 0;
  t.true(changed());
  other[0] = -0;
  t.true(changed());
});
