// The same programs by prom-client and by this library's classes, in one process, with
// metrics in memory and in a directory; and by each client package as it is and preloaded.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import * as theirLibrary from 'prom-client';
import * as ourLibrary from '../../src/index.js';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { DIFFERENCES, resultOf } from './prom-client/differences.js';
import { PRELOADED } from './prom-client/pairs.js';
import type { Library } from './prom-client/side.js';

const RUNS = 500;

/** The environment is read once per process: each configuration has its own. */
async function succeeds(
  t: ExecutionContext,
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...rest } = process.env;
  const file = fileURLToPath(new URL(`prom-client/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.is(errors.replace(EXPECTED_WARNINGS, ''), '');
  t.is(code, 0);
}

const EXPECTED_WARNINGS =
  /\(node:\d+\) PromMultiprocWarning: The collect callback of m failed: failed\.\n|\(Use `node --trace-warnings .*\n/g;

test('random programs do the same with prom-client and with metrics in memory', (t) =>
  succeeds(t, 'run', [`${RUNS}`, 'our classes'], {}));

for (const backend of expectedBackends()) {
  const env = (t: ExecutionContext) => ({
    PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
    PROMETHEUS_MULTIPROC_BACKEND: backend,
  });

  test(`random programs do the same with prom-client and with metrics in a directory by ${backend}`, (t) =>
    succeeds(t, 'run', [`${RUNS}`, 'our classes'], env(t)));

  for (const pair of PRELOADED) {
    test(`random programs do the same with ${pair} and with ${pair} preloaded, by ${backend}`, (t) =>
      succeeds(t, 'run', [`${RUNS}`, pair], env(t)));
  }
}

for (const pair of PRELOADED) {
  test(`${pair} preloaded differs from itself where it is meant to`, (t) =>
    succeeds(t, 'differ', [pair], { PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t) }));
}

for (const difference of DIFFERENCES) {
  test(`differs from prom-client: ${difference.title}`, async (t) => {
    const theirs = await resultOf(difference, theirLibrary as unknown as Library);
    const ours = await resultOf(difference, ourLibrary as unknown as Library);
    t.deepEqual(theirs, difference.theirs, difference.because);
    t.deepEqual(ours, difference.ours, difference.because);
  });
}
