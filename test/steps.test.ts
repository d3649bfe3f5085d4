import test from 'ava';
import { atOnce, inSlices, type Steps } from '../src/steps.js';

function* count(to: number, seen: number[]): Steps<string> {
  for (let i = 0; i < to; i++) {
    seen.push(i);
    yield;
  }
  return 'done';
}

test('at once, all steps are done before anything else', (t) => {
  const seen: number[] = [];
  t.is(atOnce(count(3, seen)), 'done');
  t.deepEqual(seen, [0, 1, 2]);
});

test('in slices, the event loop turns between steps that took too long', async (t) => {
  const seen: number[] = [];
  const result = inSlices(count(3, seen), 0);
  const turns: number[] = [];
  const note = () => {
    turns.push(seen.length);
    if (turns.length < 10) setImmediate(note);
  };
  setImmediate(note);
  t.is(await result, 'done');
  t.true(turns.length > 0);
  t.true((turns[0] as number) < 3);
});

test('in slices, quick steps do not wait for the event loop', async (t) => {
  const seen: number[] = [];
  const result = inSlices(count(3, seen), 60_000);
  t.deepEqual(seen, [0, 1, 2]);
  t.is(await result, 'done');
});

test('what a step throws is thrown', async (t) => {
  function* fails(): Steps<void> {
    yield;
    throw new Error('no');
  }
  t.throws(() => atOnce(fails()), { message: 'no' });
  await t.throwsAsync(inSlices(fails(), 0), { message: 'no' });
});
