// Series that come and go at full speed in one process, while others scrape: a value is
// never shown under the labels of the series that has its slots before or after.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import type { ChurnCatch } from '../programs/scrape-churn.js';

const SCRAPES = 200;
/** Scrapes that saw the writer move, at least: the system stops it now and then. */
const CHANGES = 50;

for (const writer of expectedBackends()) {
  test.serial(
    `${writer}: readers of every backend see each value under its own labels while slots change hands`,
    async (t) => {
      const env = {
        PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
        // The file is made anew, without what is gone, while it is read.
        PROMETHEUS_MULTIPROC_HEARTBEAT_MS: '50',
      };
      const child = startChild(t, 'churn', {
        env: { ...env, PROMETHEUS_MULTIPROC_BACKEND: writer },
      });
      await child.heard(1);
      const readers = expectedBackends().map((reader) =>
        startChild(t, 'scrape-churn', {
          env: { ...env, PROMETHEUS_MULTIPROC_BACKEND: reader },
          args: [String(SCRAPES), String(CHANGES)],
        }),
      );
      for (const reader of readers) {
        await reader.heard(1);
        const caught = reader.events[0] as ChurnCatch;
        t.log(JSON.stringify(caught));
        t.deepEqual(caught.wrong, []);
        t.is((await reader.exited).code, 0);
        t.is(reader.stderr, '');
      }
    },
  );
}
