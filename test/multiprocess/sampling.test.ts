// Computed metrics of processes that nobody asks for a page.

import test from 'ava';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { openScene, type Writer } from '../helpers/scene.js';

/** No round comes in the time of a test. */
const NEVER = '3600000';

async function failures(reader: Writer): Promise<number> {
  const labels = { reason: 'collect_callback' };
  return (await reader.value('prom_multiproc_errors_total', labels)) ?? 0;
}

for (const backend of expectedBackends()) {
  for (const where of ['main', 'thread']) {
    test(`${backend}: are brought up to date on a timer, whatever becomes of some (${where})`, async (t) => {
      const { env, reader } = openScene(t, backend);
      const sampled = { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: '10' };
      startChild(t, 'computed', { env: sampled, args: ['stay', where] });
      await eventually(async () => {
        const value = (await reader.value('sampled_total')) ?? 0;
        return value >= 5 ? undefined : `sampled ${value} times`;
      });
      t.is(await reader.value('asynchronous'), 7);
      t.is(await reader.value('begun_total'), 1);
      // The one that throws at each round, and once the one that never ends.
      t.true((await failures(reader)) >= 5);
    });

    test(`${backend}: are brought up to date at the end, and hold it up for nothing (${where})`, async (t) => {
      const { env, reader } = openScene(t, backend);
      const sampled = { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: NEVER };
      const child = startChild(t, 'computed', { env: sampled, args: ['end', where] });
      t.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
      t.is(await reader.value('sampled_total'), 1);
    });
  }

  test(`${backend}: are left alone where the period is 0`, async (t) => {
    const { env, reader } = openScene(t, backend);
    const sampled = { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: '0' };
    const child = startChild(t, 'computed', { env: sampled, args: ['end', 'main'] });
    t.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
    t.is(await reader.value('sampled_total'), 0);
  });
}
