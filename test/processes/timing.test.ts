// What the environment says of heartbeats.

import test from 'ava';
import {
  ABSORB_AFTER_MS,
  HEARTBEAT_MS,
  MAX_HEARTBEAT_MS,
  MAX_SAMPLE_MS,
  MIN_HEARTBEAT_MS,
  MIN_SAMPLE_MS,
  MIN_STALE_AFTER_MS,
  SAMPLE_MS,
  STALE_AFTER_MS,
} from '../../src/limits.js';
import {
  HEARTBEAT_VARIABLE,
  SAMPLE_VARIABLE,
  STALE_AFTER_VARIABLE,
  timingFromEnvironment,
} from '../../src/processes/timing.js';

const DEFAULTS = { heartbeatMs: HEARTBEAT_MS, staleAfterMs: STALE_AFTER_MS, sampleMs: SAMPLE_MS };

function read(heartbeat: string, staleAfter: string) {
  const warnings: string[] = [];
  const env = { [HEARTBEAT_VARIABLE]: heartbeat, [STALE_AFTER_VARIABLE]: staleAfter };
  const timing = timingFromEnvironment(env, (message) => warnings.push(message));
  return { timing, warnings };
}

test('unset or empty, the defaults hold', (t) => {
  t.deepEqual(timingFromEnvironment({}, t.fail), DEFAULTS);
  t.deepEqual(read('', ''), { timing: DEFAULTS, warnings: [] });
});

test('a number within its limits is taken, the limits included', (t) => {
  for (const [heartbeatMs, staleAfterMs] of [
    [MIN_HEARTBEAT_MS, MIN_STALE_AFTER_MS],
    [MAX_HEARTBEAT_MS, ABSORB_AFTER_MS],
    [100, 30_000],
  ] as const) {
    const timing = { ...DEFAULTS, heartbeatMs, staleAfterMs };
    t.deepEqual(read(`${heartbeatMs}`, `${staleAfterMs}`), { timing, warnings: [] });
  }
});

for (const [heartbeat, staleAfter] of [
  [`${MIN_HEARTBEAT_MS - 1}`, `${MIN_STALE_AFTER_MS - 1}`],
  [`${MAX_HEARTBEAT_MS + 1}`, `${ABSORB_AFTER_MS + 1}`],
  ['2s', '1e5'],
  ['-100', ' '],
  ['100.5', '30000.5'],
] as const) {
  test(`"${heartbeat}" and "${staleAfter}" are told and change nothing`, (t) => {
    const { timing, warnings } = read(heartbeat, staleAfter);
    t.deepEqual(timing, DEFAULTS);
    t.is(warnings.length, 2);
    t.true(warnings[0]?.startsWith(`${HEARTBEAT_VARIABLE} is "${heartbeat}"`));
    t.true(warnings[1]?.startsWith(`${STALE_AFTER_VARIABLE} is "${staleAfter}"`));
  });
}

test('a silence that is believed is longer than any heartbeat', (t) => {
  t.true(MIN_STALE_AFTER_MS >= 2 * MAX_HEARTBEAT_MS);
});

function readSample(text: string) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const { sampleMs } = timingFromEnvironment({ [SAMPLE_VARIABLE]: text }, warn);
  return { sampleMs, warnings };
}

test('a sampling period within its limits is taken, and 0 switches sampling off', (t) => {
  for (const sampleMs of [0, MIN_SAMPLE_MS, 250, MAX_SAMPLE_MS]) {
    t.deepEqual(readSample(`${sampleMs}`), { sampleMs, warnings: [] });
  }
});

test('a sampling period that cannot be is told and changes nothing', (t) => {
  for (const text of [`${MIN_SAMPLE_MS - 1}`, `${MAX_SAMPLE_MS + 1}`, '5s', '-1', '0.5']) {
    const { sampleMs, warnings } = readSample(text);
    t.is(sampleMs, SAMPLE_MS);
    t.is(warnings.length, 1);
    t.true(warnings[0]?.startsWith(`${SAMPLE_VARIABLE} is "${text}"`));
  }
});
