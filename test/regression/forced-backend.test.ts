// An application that had caught the error of a forced backend which cannot work was
// ended by the same error out of a timer two seconds later.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const PROGRAM = `
  const beats = [];
  globalThis.setInterval = (beat) => { beats.push(beat); return { unref() {} }; };
  const { Counter } = await import(process.argv[1]);
  try {
    new Counter({ name: 'a_total', help: 'a' });
  } catch (error) {
    console.log(error.name);
  }
  for (const beat of beats) beat();
  console.log(beats.length, 'went on');
`;

test('a forced backend that cannot work is an error of the first metric and of no timer', async (t) => {
  const entry = new URL('../../src/index.js', import.meta.url).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, entry],
    {
      env: {
        ...process.env,
        PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
        PROMETHEUS_MULTIPROC_BACKEND: 'nonsense',
      },
    },
  );
  t.deepEqual(stdout.trim().split('\n'), ['BackendError', '1 went on']);
});
