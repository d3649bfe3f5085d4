// A writer at full speed, and readers of every backend beside it: no exemplar that they
// read may have labels of one and value or time of another.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { startChild } from '../helpers/children.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { huntExemplars } from '../helpers/torn-exemplars.js';

const READS = 50_000;

for (const writer of expectedBackends()) {
  test.serial(
    `${writer}: readers of every backend read whole exemplars, ${READS} readings each`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const child = startChild(t, 'torn-exemplars', {
        env: { PROMETHEUS_MULTIPROC_DIR: dir, PROMETHEUS_MULTIPROC_BACKEND: writer },
      });
      await child.heard(1);
      for (const reader of expectedBackends()) {
        const caught = huntExemplars(dir, reader, READS);
        t.log(`${reader}: ${JSON.stringify(caught)}`);
        t.deepEqual(caught.wrong, []);
      }
    },
  );
}
