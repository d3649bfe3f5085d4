// Which callbacks run when, and what one that fails costs.

import test from 'ava';
import { Callbacks } from '../../src/collect/callbacks.js';
import type { Computed } from '../../src/state.js';

type Callback = () => unknown;

/** Callbacks of metrics by name; `ran` lists their runs, `reported` what was told. */
function scene(callbacks: Readonly<Record<string, Callback>>) {
  const ran: string[] = [];
  const reported: string[] = [];
  const metrics = Object.entries(callbacks).map(
    ([name, callback]) =>
      ({
        name,
        runCollect() {
          ran.push(name);
          return callback();
        },
      }) as Computed,
  );
  const subject = new Callbacks({
    computed: new Set(metrics),
    report: (error) => reported.push((error as Error).message),
  });
  return { subject, ran, reported, runs: () => ran.splice(0) };
}

function fails(): never {
  throw new Error('out of order');
}

/** A callback whose run ends when the test says so. */
function slow() {
  const ends: (() => void)[] = [];
  const callback = () => new Promise<void>((resolve) => ends.push(resolve));
  return { callback, end: () => ends.shift()?.(), begun: () => ends.length };
}

const settled = () => new Promise(setImmediate);

test('a round runs every callback', (t) => {
  const { subject, runs } = scene({ a: () => {}, b: () => {} });
  subject.sample();
  t.deepEqual(runs(), ['a', 'b']);
  subject.sample();
  t.deepEqual(runs(), ['a', 'b']);
});

test('a round leaves out what a page has brought up to date since the last', async (t) => {
  const { subject, runs } = scene({ a: () => {}, b: () => {} });
  await subject.forPage(({ name }) => name === 'a');
  t.deepEqual(runs(), ['a']);
  subject.sample();
  t.deepEqual(runs(), ['b']);
  subject.sample();
  t.deepEqual(runs(), ['a', 'b']);
});

test('a callback that throws in a round is reported and stops no other', (t) => {
  const { subject, runs, reported } = scene({ a: fails, b: () => {} });
  subject.sample();
  subject.sample();
  t.deepEqual(runs(), ['a', 'b', 'a', 'b']);
  const message = 'The collect callback of a failed: out of order';
  t.deepEqual(reported, [message, message]);
});

test('a callback that rejects in a round is reported and runs again in the next', async (t) => {
  const { subject, runs, reported } = scene({ a: async () => fails(), b: () => {} });
  subject.sample();
  await settled();
  t.deepEqual(reported, ['The collect callback of a failed: out of order']);
  subject.sample();
  t.deepEqual(runs(), ['a', 'b', 'a', 'b']);
  await settled();
});

test('a callback that still runs is not begun again, and is told of once', async (t) => {
  const { callback, end, begun } = slow();
  const { subject, runs, reported } = scene({ a: callback, b: () => {} });
  for (let round = 0; round < 4; round++) subject.sample();
  t.deepEqual(runs(), ['a', 'b', 'b', 'b', 'b']);
  const told = 'The collect callback of a failed: it has not ended since the last round';
  t.deepEqual(reported, [told]);
  end();
  await settled();
  subject.sample();
  t.is(begun(), 1);
  subject.sample();
  t.deepEqual(reported, [told, told]);
});

test('a callback that a page has begun is not begun again by a round while it runs', async (t) => {
  const { callback, end } = slow();
  const { subject, runs } = scene({ a: callback });
  const page = subject.forPage(() => true);
  subject.sample();
  subject.sample();
  t.deepEqual(runs(), ['a']);
  end();
  await page;
  subject.sample();
  t.deepEqual(runs(), ['a']);
  end();
});

test('a page begins a callback though one of a round runs: it shows what is now', async (t) => {
  const { callback, end } = slow();
  const { subject, runs } = scene({ a: callback });
  subject.sample();
  const page = subject.forPage(() => true);
  t.deepEqual(runs(), ['a', 'a']);
  end();
  end();
  await page;
});

test('at the end what is fresh runs too, and what gives promises does not', async (t) => {
  const { callback, end } = slow();
  const { subject, runs, reported } = scene({
    plain: () => {},
    broken: fails,
    running: callback,
    promising: async () => {},
  });
  const page = subject.forPage(({ name }) => name !== 'running');
  subject.sample();
  await page;
  runs();
  reported.length = 0;
  subject.sampleAtExit();
  t.deepEqual(runs(), ['plain', 'broken']);
  t.is(reported.length, 1);
  end();
});
