// What is remembered of the event loop's delays, with monitors and a clock of the test.

import test from 'ava';
import {
  type DelayMonitor,
  delaysOfWindow,
  delaysSinceLast,
} from '../../src/default-metrics/delays.js';
import { EVENT_LOOP_WINDOW_MS } from '../../src/limits.js';

/** Monitors that see what the test says, and a reader of the greatest delay. */
function scene() {
  const monitors: { seen: number[] }[] = [];
  const start = (): DelayMonitor => {
    const own = { seen: [] as number[] };
    monitors.push(own);
    return {
      get count() {
        return own.seen.length;
      },
      get max() {
        return Math.max(...own.seen);
      },
      min: 0,
      mean: 0,
      stddev: 0,
      percentile: () => 0,
      reset() {
        own.seen.length = 0;
      },
    };
  };
  const see = (delay: number) => {
    for (const { seen } of monitors) seen.push(delay);
  };
  const clock = { ms: 0 };
  return { start, see, clock, now: () => clock.ms };
}

function greatest(delays: ReturnType<typeof delaysOfWindow>): number | undefined {
  let found: number | undefined;
  delays.read(({ max }) => {
    found = max;
  });
  return found;
}

test('alone, a reading has what came since the last', (t) => {
  const { start, see } = scene();
  const delays = delaysSinceLast(start);
  t.is(greatest(delays), undefined);
  see(5);
  see(3);
  t.is(greatest(delays), 5);
  t.is(greatest(delays), undefined);
  see(1);
  t.is(greatest(delays), 1);
});

test('for the pages of others, a delay is remembered for a window at least and two at most', (t) => {
  for (let begun = 0; begun < 3 * EVENT_LOOP_WINDOW_MS; begun += EVENT_LOOP_WINDOW_MS / 8) {
    const { start, see, clock, now } = scene();
    const delays = delaysOfWindow(start, now);
    const step = EVENT_LOOP_WINDOW_MS / 16;
    let forgottenMs = Number.NaN;
    for (clock.ms = 0; clock.ms < 8 * EVENT_LOOP_WINDOW_MS; clock.ms += step) {
      if (clock.ms === begun) see(9);
      see(1);
      const shown = greatest(delays) ?? 0;
      if (clock.ms < begun) t.not(shown, 9);
      else if (shown === 9) t.true(Number.isNaN(forgottenMs), 'what is forgotten stays so');
      else if (Number.isNaN(forgottenMs)) forgottenMs = clock.ms - begun;
    }
    t.true(forgottenMs >= EVENT_LOOP_WINDOW_MS, `begun at ${begun}: after ${forgottenMs}`);
    t.true(forgottenMs <= 2 * EVENT_LOOP_WINDOW_MS + step, `begun at ${begun}: ${forgottenMs}`);
  }
});

test('readings in quick succession change nothing', (t) => {
  const { start, see, now } = scene();
  const delays = delaysOfWindow(start, now);
  see(7);
  for (let i = 0; i < 5; i++) t.is(greatest(delays), 7);
});
