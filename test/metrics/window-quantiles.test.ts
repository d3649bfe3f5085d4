// Quantiles of a moving window. Time is the test's.

import test from 'ava';
import { WindowQuantiles } from '../../src/metrics/window-quantiles.js';

/** A window of 10 s in 5 steps of 2 s. */
function newWindow() {
  const clock = { ms: 1000 };
  return { clock, window: new WindowQuantiles(10, 5, () => clock.ms) };
}

test('without an age all values count for ever', (t) => {
  const clock = { ms: 0 };
  for (const [maxAge, ageBuckets] of [
    [undefined, undefined],
    [10, undefined],
    [undefined, 5],
    [0, 5],
    [10, 0],
  ]) {
    const window = new WindowQuantiles(maxAge, ageBuckets, () => clock.ms);
    window.push(7);
    clock.ms += 1e9;
    t.is(window.quantile(0.5), 7, `${maxAge} ${ageBuckets}`);
    t.false(window.isEmpty());
  }
});

test('a value counts for the whole age and no longer', (t) => {
  const { clock, window } = newWindow();
  window.push(7);
  clock.ms += 10_000;
  t.is(window.quantile(0.5), 7);
  t.false(window.isEmpty());
  clock.ms += 1;
  t.is(window.quantile(0.5), 0);
  t.true(window.isEmpty());
});

test('younger values stay when older ones go', (t) => {
  const { clock, window } = newWindow();
  window.push(1);
  clock.ms += 6000;
  window.push(100);
  t.is(window.quantile(0), 1);
  clock.ms += 4001;
  t.is(window.quantile(0), 100);
  clock.ms += 6000;
  t.is(window.quantile(0), 0);
});

test('a window of which nobody asked for long is empty, and goes on', (t) => {
  const { clock, window } = newWindow();
  window.push(7);
  clock.ms += 3_600_000;
  t.true(window.isEmpty());
  window.push(9);
  t.is(window.quantile(0.5), 9);
});

test('a value counts once, however many steps the window has', (t) => {
  const { window } = newWindow();
  for (const value of [1, 2, 3, 4]) window.push(value);
  const plain = new WindowQuantiles(undefined, undefined);
  for (const value of [1, 2, 3, 4]) plain.push(value);
  for (const quantile of [0, 0.25, 0.5, 0.9, 1]) {
    t.is(window.quantile(quantile), plain.quantile(quantile));
  }
});

test('reset forgets all values', (t) => {
  const { window } = newWindow();
  window.push(7);
  window.reset();
  t.true(window.isEmpty());
  t.is(window.quantile(0.5), 0);
});

test('compressing keeps the extremes and the middle', (t) => {
  const { window } = newWindow();
  for (let i = 0; i <= 10_000; i++) window.push(i);
  window.compress();
  t.is(window.quantile(0), 0);
  t.is(window.quantile(1), 10_000);
  t.true(Math.abs(window.quantile(0.5) - 5000) < 100);
});
