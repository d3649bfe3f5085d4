// When rounds of sampling come. Timers and chance are the test's.

import test from 'ava';
import { Sampler } from '../../src/collect/sampler.js';

const PERIOD_MS = 1000;

function scene(chances: readonly number[] = []) {
  const timers: { callback: () => void; delayMs: number }[] = [];
  const left = [...chances];
  const state = { needed: true, rounds: 0, fails: false };
  const sampler = new Sampler({
    periodMs: PERIOD_MS,
    sample() {
      state.rounds++;
      if (state.fails) throw new Error('a forced backend cannot work');
    },
    isNeeded: () => state.needed,
    schedule: (callback, delayMs) => timers.push({ callback, delayMs }),
    random: () => left.shift() ?? 0.5,
  });
  return { sampler, state, timers, fire: () => timers.shift()?.callback() };
}

test('nothing is scheduled before the start, and one timer after many', (t) => {
  const { sampler, timers } = scene();
  t.is(timers.length, 0);
  for (let i = 0; i < 3; i++) sampler.start();
  t.is(timers.length, 1);
});

test('the first round comes at a random moment of the first period', (t) => {
  for (const chance of [0, 0.25, 0.999]) {
    const { sampler, timers } = scene([chance]);
    sampler.start();
    t.is(timers[0]?.delayMs, PERIOD_MS * chance);
  }
});

test('rounds are a tenth more or less than a period apart', (t) => {
  const { sampler, timers, fire, state } = scene([0.5, 0, 0.5, 1]);
  sampler.start();
  const delays: (number | undefined)[] = [];
  for (let round = 1; round <= 3; round++) {
    fire();
    t.is(state.rounds, round);
    t.is(timers.length, 1);
    delays.push(timers[0]?.delayMs);
  }
  t.deepEqual(delays, [900, 1000, 1100]);
});

test('it rests where there is nothing to sample, and a start ends the rest', (t) => {
  const { sampler, timers, fire, state } = scene();
  sampler.start();
  state.needed = false;
  fire();
  t.deepEqual([state.rounds, timers.length], [0, 0]);
  state.needed = true;
  sampler.start();
  fire();
  t.deepEqual([state.rounds, timers.length], [1, 1]);
});

test('a round that throws does not end the rounds', (t) => {
  const { sampler, timers, fire, state } = scene();
  sampler.start();
  state.fails = true;
  t.throws(fire, { message: /forced backend/ });
  t.is(timers.length, 1);
});
