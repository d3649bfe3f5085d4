// A writer at full speed, and readers of every backend beside it: nothing that they read
// may be half of one value and half of another, zero, or a value with another's set-time.
// `npm run hunt:torn` is the same with as many reads as one likes.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { hunt } from '../helpers/torn-values.js';

const READS = 1_000_000;
/** A writer that the system stops between two stores of a pair leaves its time unknown for as long. */
const MAX_UNKNOWN_SHARE = 0.02;

for (const writer of expectedBackends()) {
  test.serial(
    `${writer}: readers of every backend read whole values and pairs, ${READS} reads each`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const child = startChild(t, 'torn-values', {
        env: { PROMETHEUS_MULTIPROC_DIR: dir, PROMETHEUS_MULTIPROC_BACKEND: writer },
      });
      await child.heard(1);
      for (const reader of expectedBackends()) {
        const caught = hunt(dir, reader, child.events[0] as number, READS);
        t.log(`${reader}: ${JSON.stringify(caught)}`);
        t.deepEqual(caught.wrong, []);
        t.true(caught.unknownTimes < caught.reads * MAX_UNKNOWN_SHARE);
      }
    },
  );
}
