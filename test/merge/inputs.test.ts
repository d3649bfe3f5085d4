import test from 'ava';
import { type Input, Inputs } from '../../src/merge/inputs.js';
import { atOnce } from '../../src/steps.js';

function scene() {
  const array = Float64Array.of(1, 2, 3, 4);
  const other = Float64Array.of(5);
  const inputs = new Inputs();
  const both = [inputs.of(array, 1, 2), inputs.of(other, 0, 1)];
  inputs.of(array, 2, 3);
  return { array, other, inputs, both };
}

/** What a merge does: true when there was anything to do. */
function run(inputs: Inputs, all: readonly Input[]): boolean {
  const number = atOnce(inputs.begin());
  if (number === undefined) return false;
  for (const input of all) input.take(number);
  return true;
}

/** After two runs, which have nothing to compare with. */
function known() {
  const { both, inputs, ...arrays } = scene();
  const changed = () => run(inputs, both);
  if (!changed() || !changed()) throw new Error('nothing was known yet');
  return { ...arrays, both, changed };
}

test('nothing has changed where all slots are as they were', (t) => {
  const { changed } = known();
  t.false(changed());
  t.false(changed());
});

test('a change of any part of any array is seen, once', (t) => {
  const { array, other, changed } = known();
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
  const { array, changed } = known();
  array[0] = 9;
  array[3] = 9;
  t.false(changed());
});

test('zero and minus zero are not the same', (t) => {
  const { other, changed } = known();
  other[0] = 0;
  t.true(changed());
  other[0] = -0;
  t.true(changed());
});

test('a value that is back when the next run looks was never another to any run', (t) => {
  const { other, both, changed } = known();
  const [, input] = both as [Input, Input];
  other[0] = 6;
  t.true(changed());
  // Between the copy and whoever reads it.
  other[0] = 7;
  t.is(input.values[0], 6);
  other[0] = 6;
  t.false(changed());
});

test('what was read after the copy is what the next run compares with', (t) => {
  const { other, both, changed } = known();
  const [, input] = both as [Input, Input];
  other[0] = 6;
  t.true(changed());
  input.correct(0, 7);
  t.is(input.values[0], 7);
  t.true(changed());
  t.is(input.values[0], 6);
});

test('nothing is written where the writer writes', (t) => {
  const { other, inputs, both } = scene();
  const [, input] = both as [Input, Input];
  t.true(run(inputs, both));
  input.correct(0, 7);
  t.is(other[0], 5);
  t.is(input.values, other);
});
