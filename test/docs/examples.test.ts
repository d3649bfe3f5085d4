// The examples as a user starts them, against the built package.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { startProgram } from './program.js';

for (const backend of expectedBackends()) {
  const environment = (dir: string) => ({
    PROMETHEUS_MULTIPROC_DIR: dir,
    PROMETHEUS_MULTIPROC_BACKEND: backend,
  });

  test(`examples/cluster counts in every worker and serves one page, on ${backend}`, async (t) => {
    const example = startProgram(t, ['examples/cluster/server.js'], {
      ...environment(temporaryDirectory(t)),
      WORKERS: '2',
      PORT: '0',
    });
    const [, url] = await example.prints(/on (\S+)\n(?:.*\n)*?worker/);
    // A connection for each request: the primary hands them out in turn.
    const get = async (path: string) => {
      const response = await fetch(new URL(path, url), { headers: { connection: 'close' } });
      return response.text();
    };
    const greetings = [await get('/hello/you'), await get('/hello/you'), await get('/hello/you')];
    t.is(new Set(greetings).size, 2, 'both workers answer');
    await get('/nowhere');
    const page = await get('/metrics');
    t.regex(
      page,
      /^http_requests_total\{method="GET",route="\/hello\/:name",status="200"\} 3$/m,
      page,
    );
    t.regex(page, /^http_requests_total\{method="GET",route="unknown",status="404"\} 1$/m);
    t.regex(page, /^http_request_duration_seconds_count\{route="\/hello\/:name"\} 3$/m);
    t.regex(page, /^http_requests_in_flight 0$/m);
    t.regex(page, /^prom_multiproc_writers\{state="live"\} 2$/m);
  });

  test(`examples/worker-threads adds up what ended threads counted, on ${backend}`, async (t) => {
    const example = startProgram(
      t,
      ['examples/worker-threads/main.js'],
      environment(temporaryDirectory(t)),
    );
    t.is(await example.end(), 0, example.output);
    t.regex(example.output, /^numbers_tested_total 200000$/m);
    // As many as there are below 200,000.
    t.regex(example.output, /^primes_found_total 17984$/m);
    t.regex(example.output, /^prime_search_duration_seconds_count 4$/m);
    // Only a lock can tell at once that a thread has ended.
    const state = backend === 'mmap' ? 'dead' : 'hidden';
    t.regex(example.output, new RegExp(`^prom_multiproc_writers\\{state="${state}"\\} 4$`, 'm'));
  });
}
