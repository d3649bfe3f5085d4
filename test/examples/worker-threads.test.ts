import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { Example } from './example.js';

for (const backend of expectedBackends()) {
  test(`examples/worker-threads adds up what ended threads counted, on ${backend}`, async (t) => {
    const example = new Example(t, 'worker-threads');
    const first = example.start(backend);
    t.is(await first.end(), 0, first.output);
    t.regex(first.output, /^numbers_tested_total 200000$/m);
    // As many as there are below 200,000.
    t.regex(first.output, /^primes_found_total 17984$/m);
    t.regex(first.output, /^prime_search_duration_seconds_count 4$/m);
    // Only a lock can tell at once that a thread has ended.
    const state = backend === 'mmap' ? 'dead' : 'hidden';
    t.regex(first.output, new RegExp(`^prom_multiproc_writers\\{state="${state}"\\} 4$`, 'm'));

    const second = example.start(backend, 1);
    t.is(await second.end(), 0, second.output);
    t.regex(second.output, /^numbers_tested_total 400000$/m);
  });
}
