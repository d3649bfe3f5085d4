// What a process has measured when it is gone.

import test, { type ExecutionContext } from 'ava';
import { eventually } from '../../helpers/application.js';
import { expectedBackends } from '../../helpers/backends.js';
import { startChild } from '../../helpers/children.js';
import { openScene, type Writer } from '../../helpers/scene.js';

/** No round comes in the time of a test. */
const NEVER = '3600000';

async function showsWhatStays(t: ExecutionContext, reader: Writer): Promise<void> {
  t.is(await reader.value('done_total'), 3);
  t.is(await reader.value('took_count'), 1);
  t.is(await reader.value('took_sum'), 5);
  t.is(await reader.value('took_bucket', { le: '1' }), 0);
  t.is(await reader.value('asked_total'), 1);
  t.is(await reader.value('peak'), 8, 'a mode that speaks of the dead too');
  t.is(await reader.value('open'), undefined, 'one that does not');
}

for (const backend of expectedBackends()) {
  for (const where of ['main', 'thread']) {
    for (const ending of ['run out', 'shutdown']) {
      test(`${backend}: is on the page, when its process has come to its end (${ending}, ${where})`, async (t) => {
        const { env, reader } = openScene(t, backend);
        const child = startChild(t, 'opentelemetry', {
          env: { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: NEVER },
          args: [ending, where],
        });
        t.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
        await showsWhatStays(t, reader);
      });
    }
  }

  test(`${backend}: is on the page as of the last sampling, when its process was killed`, async (t) => {
    const { env, reader } = openScene(t, backend);
    const child = startChild(t, 'opentelemetry', {
      env: { ...env, PROMETHEUS_MULTIPROC_SAMPLE_MS: '10' },
      args: ['stay'],
    });
    await eventually(async () => {
      const asked = await reader.value('asked_total');
      return asked === 1 ? undefined : `asked is ${asked}`;
    });
    t.is(await reader.value('open'), 2);
    await child.kill('SIGKILL');
    await showsWhatStays(t, reader);
    // Whoever came first, the archive has it now.
    await reader.compact();
    await showsWhatStays(t, reader);
  });
}
