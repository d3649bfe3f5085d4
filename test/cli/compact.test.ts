// `prom-multiproc compact`: folds what the dead have left. Needs dist/.

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { runCli } from '../helpers/command-line.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

for (const backend of expectedBackends()) {
  test(`compact folds dead writers, leaves live ones, and changes no number, on ${backend}`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const writers = [start(), start(), start()];
    for (const writer of writers) {
      await writer.make('Counter', { name: 'c_total' });
      await writer.call('c_total', 'inc', 2);
    }
    for (const writer of writers.slice(1)) await writer.kill();
    const before = (await runCli(['dump', '--no-self-metrics'], { env })).stdout;
    t.regex(before, /^c_total 6$/m);
    t.deepEqual(await runCli(['compact'], { env }), {
      status: 0,
      stdout: `${dir}: 2 folded\n`,
      stderr: '',
    });
    t.is(readdirSync(dir).length, 2);
    t.true(readdirSync(dir).includes('archive.pmp'));
    t.is((await runCli(['dump', '--no-self-metrics'], { env })).stdout, before);
    t.is((await runCli(['compact'], { env })).stdout, `${dir}: 0 folded\n`);
  });
}

test('compact says which directory it cannot compact', async (t) => {
  const parent = temporaryDirectory(t);
  const dirs = ['a', 'b'].map((name) => join(parent, name));
  mkdirSync(dirs[0] as string);
  const { status, stdout, stderr } = await runCli(['compact', ...dirs]);
  t.is(status, 1);
  t.is(stdout, `${dirs[0]}: 0 folded\n`);
  t.is(stderr, `prom-multiproc: ${dirs[1]} does not exist: no process has written metrics there\n`);
});
