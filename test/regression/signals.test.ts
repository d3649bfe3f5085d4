// An application that listened for a signal with `once` was ended by it before its
// orderly shutdown was done, as soon as it had compacted a directory.

import test from 'ava';
import { compact } from '../../src/index.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

test('compacting leaves signals and exits as they were', async (t) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;
  const listeners = () => signals.map((signal) => process.listeners(signal));
  const before = listeners();
  const { emit } = process;
  t.is(await compact(temporaryDirectory(t)), 0);
  t.deepEqual(listeners(), before);
  t.is(process.emit, emit);
});
