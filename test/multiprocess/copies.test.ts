// The package loaded more than once in one process: as ESM and CommonJS, and from two
// places. Needs dist/ (`npm run build`).

import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A project with two copies of the built package, `one` and `two`. */
function projectWithTwoCopies(t: ExecutionContext): string {
  const dist = path.join(root, 'dist');
  if (!existsSync(dist)) throw new Error('dist/ is missing: run `npm run build` first');
  const project = temporaryDirectory(t);
  for (const copy of ['one', 'two']) {
    cpSync(dist, path.join(project, copy, 'dist'), { recursive: true });
    writeFileSync(path.join(project, copy, 'package.json'), '{"type":"module"}');
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(project, 'node_modules'), 'junction');
  return project;
}

/** Runs a program in the project; it prints JSON, which is returned. */
async function run(
  project: string,
  code: string,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const file = path.join(project, 'program.mjs');
  writeFileSync(file, code);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: ESM and CommonJS copies are one writer`, async (t) => {
    const { dir, env, reader } = openScene(t, backend);
    const page = await run(
      projectWithTwoCopies(t),
      `import { createRequire } from 'node:module';
      import { Counter, collect, register } from './one/dist/index.js';
      const required = createRequire(import.meta.url)('./one/dist/index.cjs');
      new Counter({ name: 'imported_total', help: 'x' }).inc(1);
      new required.Counter({ name: 'required_total', help: 'x' }).inc(2);
      register.getSingleMetric('required_total').inc(10);
      console.log(JSON.stringify(await collect()));`,
      env,
    );
    t.regex(String(page), /^imported_total 1$/m);
    t.regex(String(page), /^required_total 12$/m);
    t.is(readdirSync(dir).length, 1);
    t.is(await reader.value('imported_total'), 1);
    t.is(await reader.value('required_total'), 12);
  });

  test.serial(
    `${backend}: two copies of the package are one writer with one registry`,
    async (t) => {
      const { dir, env, reader } = openScene(t, backend);
      const result = await run(
        projectWithTwoCopies(t),
        `import * as one from './one/dist/index.js';
      import * as two from './two/dist/index.js';
      new one.Counter({ name: 'one_total', help: 'x' }).inc(1);
      new two.Counter({ name: 'two_total', help: 'x' }).inc(2);
      let taken = '';
      try {
        new two.Counter({ name: 'one_total', help: 'x' });
      } catch (error) {
        taken = error.message;
      }
      process.on('exit', () => new two.Counter({ name: 'late_total', help: 'x' }).inc(3));
      const names = { names: ['one_total', 'two_total'] };
      console.log(JSON.stringify({
        distinct: one.Counter !== two.Counter,
        taken,
        pages: [await one.collect(names), await two.collect(names), await one.register.metrics()],
      }));`,
        env,
      );
      const { distinct, taken, pages } = result as {
        distinct: boolean;
        taken: string;
        pages: string[];
      };
      t.true(distinct, 'they are two copies');
      t.is(taken, 'A metric with the name one_total has already been registered.');
      for (const page of pages) {
        t.regex(page, /^one_total 1$/m);
        t.regex(page, /^two_total 2$/m);
      }
      t.is(readdirSync(dir).length, 1);
      t.is(await reader.value('one_total'), 1);
      t.is(await reader.value('late_total'), 3);
    },
  );
}

test.serial('two copies of the package share what is kept in memory alone', async (t) => {
  const pages = await run(
    projectWithTwoCopies(t),
    `import * as one from './one/dist/index.js';
    import * as two from './two/dist/index.js';
    new one.Counter({ name: 'one_total', help: 'x' }).inc(1);
    new two.Counter({ name: 'two_total', help: 'x' }).inc(2);
    console.log(JSON.stringify([await one.collect(), await two.collect()]));`,
    { PROMETHEUS_MULTIPROC_DIR: '' },
  );
  for (const page of pages as string[]) {
    t.regex(page, /^one_total 1$/m);
    t.regex(page, /^two_total 2$/m);
  }
});
