// Where generating code from strings is forbidden, metrics work all the same.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { samplesByKey } from '../helpers/page-samples.js';

const PROGRAM = fileURLToPath(new URL('../programs/many-lookups.js', import.meta.url));

interface Result {
  readonly mayGenerate: boolean;
  readonly refused: string;
  readonly page: string;
}

async function run(...nodeArgs: string[]): Promise<Result> {
  const { PROMETHEUS_MULTIPROC_DIR: _, prometheus_multiproc_dir: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeArgs, PROGRAM], { env });
  return JSON.parse(stdout) as Result;
}

test('a process that forbids code from strings counts as one that does not', async (t) => {
  const [usual, strict] = await Promise.all([
    run(),
    run('--disallow-code-generation-from-strings'),
  ]);
  t.true(usual.mayGenerate);
  t.false(strict.mayGenerate);
  t.is(strict.page, usual.page);
  const samples = samplesByKey(strict.page);
  t.is(samples['c{b="y"}'], 10_000);
  t.is(samples['c{a="x",b="1",c="false"}'], 1000);
  t.is(samples['c{a="x",b="0",c="true"}'], 98);
  t.is(Object.keys(samples).length, 21);
  const message = `Added label "d" is not included in initial labelset: [ 'a', 'b', 'c' ]`;
  t.is(strict.refused, message);
  t.is(usual.refused, message);
});
