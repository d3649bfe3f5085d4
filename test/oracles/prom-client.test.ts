// The same programs by prom-client and by this library, in one process, with metrics in
// memory and in a directory.

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
import type { Library } from './prom-client/side.js';

const PROGRAM = fileURLToPath(new URL('prom-client/run.js', import.meta.url));
const RUNS = 500;

/** The environment is read once per process: each configuration has its own. */
async function agrees(t: ExecutionContext, env: Record<string, string>): Promise<void> {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...rest } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM, `${RUNS}`], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.is(errors, '');
  t.is(code, 0);
}

test('random programs do the same with prom-client and with metrics in memory', (t) =>
  agrees(t, {}));

for (const backend of expectedBackends()) {
  test(`random programs do the same with prom-client and with metrics in a directory by ${backend}`, (t) =>
    agrees(t, {
      PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
      PROMETHEUS_MULTIPROC_BACKEND: backend,
    }));
}

for (const difference of DIFFERENCES) {
  test(`differs from prom-client: ${difference.title}`, async (t) => {
    const theirs = await resultOf(difference, theirLibrary as unknown as Library);
    const ours = await resultOf(difference, ourLibrary as unknown as Library);
    t.deepEqual(theirs, difference.theirs, difference.because);
    t.deepEqual(ours, difference.ours, difference.because);
  });
}
