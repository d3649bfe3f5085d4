// Worker threads of a main thread that has loaded the library before it started them.

import { once } from 'node:events';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { register } from '../../src/index.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

test('they know at once who speaks for the process', async (t) => {
  const env = { ...process.env, PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) };
  const limits: (number | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(new URL('../programs/first-page.js', import.meta.url), { env });
    t.teardown(() => worker.terminate());
    const [page] = (await once(worker, 'message')) as [string];
    limits.push(samplesByKey(page).process_max_fds);
  }
  t.true((limits[0] ?? 0) > 0);
  t.deepEqual(new Set(limits), new Set([limits[0]]));
  t.deepEqual(register.getMetricsAsArray(), [], 'the main thread has the library, and no metrics');
});
