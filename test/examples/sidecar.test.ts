// The sidecar serves what it has not counted.

import process from 'node:process';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { Example, get, settles, urlOf, WORKERS } from './example.js';

for (const backend of expectedBackends()) {
  test.serial(
    `examples/sidecar serves the page of an application, also of one that is gone, on ${backend}`,
    async (t) => {
      const example = new Example(t, 'sidecar');
      const application = example.start(backend);
      const url = await urlOf(application);
      const sidecar = example.start(backend, 1);
      const [, page = ''] = await sidecar.prints(/on (http:\S+)\n/);
      const greetings = new Set<string>();
      for (let i = 0; i < 9; i++) greetings.add(await get(new URL('/hello', url)));
      t.is(greetings.size, WORKERS, 'all workers answer');
      await settles(page, {
        'http_requests_total{path="/hello"}': 9,
        'prom_multiproc_writers{state="live"}': WORKERS,
      });
      process.kill(-(application.process.pid as number), 'SIGKILL');
      t.is(await application.end(), 'SIGKILL');
      // Pages fold away what the dead have left, and keep it.
      await settles(page, {
        'http_requests_total{path="/hello"}': 9,
        'prom_multiproc_writers{state="live"}': 0,
      });
    },
  );
}
