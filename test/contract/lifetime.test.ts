// Memory of a mapping is there as long as anything can reach it, and no longer.

import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { nextMessage, startProgram } from '../helpers/programs.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

for (const name of expectedBackends()) {
  test(`${name}: what is kept can be read after garbage collections, what is not is unmapped`, async (t) => {
    const child = startProgram(t, 'read-after-collection', [name, temporaryDirectory(t)], {
      execArgv: ['--expose-gc'],
    });
    const { before, after, right } = (await nextMessage(child)) as {
      before: number;
      after: number;
      right: boolean;
    };
    t.true(right);
    // 40 files, a writer's and a reader's mapping each, of which 10 files' are kept.
    t.is(before, name === 'file' ? 0 : 80);
    t.is(after, name === 'file' ? 0 : 20);
  });
}
