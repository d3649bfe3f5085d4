// Both of the system's clocks are replaced, and are one for all tests of this file:
// they run one by one.

import test, { type ExecutionContext } from 'ava';
import { correctClock, nowMs } from '../../src/processes/clock.js';

/** The system's clocks, in the test's hands until it ends. */
function takeClocks(t: ExecutionContext): { wallMs: number; monotonicMs: number } {
  const clocks = { wallMs: 1_700_000_000_000, monotonicMs: 1000 };
  const { now } = Date;
  t.teardown(() => {
    Date.now = now;
    Reflect.deleteProperty(performance, 'now');
  });
  Date.now = () => clocks.wallMs;
  Object.defineProperty(performance, 'now', {
    value: () => clocks.monotonicMs,
    configurable: true,
  });
  correctClock();
  return clocks;
}

test.serial("the clock shows the system's time", (t) => {
  const clocks = takeClocks(t);
  t.is(nowMs(), clocks.wallMs);
});

test.serial('two moments within a millisecond are told apart', (t) => {
  const clocks = takeClocks(t);
  const before = nowMs();
  clocks.monotonicMs += 0.25;
  t.is(nowMs(), before + 0.25);
});

test.serial('a clock that was set, or slept, is followed at the next correction', (t) => {
  const clocks = takeClocks(t);
  for (const byMs of [3_600_000, -7_200_000, 6]) {
    const before = nowMs();
    clocks.wallMs += byMs;
    t.is(nowMs(), before);
    correctClock();
    t.is(nowMs(), clocks.wallMs);
  }
});

test.serial('a difference that rounding makes moves nothing', (t) => {
  const clocks = takeClocks(t);
  const before = nowMs();
  for (const byMs of [4, -8]) {
    clocks.wallMs += byMs;
    correctClock();
    t.is(nowMs(), before);
  }
});
