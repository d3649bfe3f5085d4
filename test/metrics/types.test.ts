// TypeScript that was written for prom-client compiles with this library.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const application = path.join(root, 'test/metrics/types/application.ts');
const compiler = path.join(root, 'node_modules/typescript/bin/tsc');

function compile(project: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '--project', project], (_, stdout) => resolve(stdout));
  });
}

// prom-client's types hide that a subclass's `collect` overrides anything.
const STRICT = { noImplicitOverride: false };
/** What most applications have. */
const USUAL = {
  exactOptionalPropertyTypes: false,
  noImplicitOverride: false,
  noUncheckedIndexedAccess: false,
};

for (const [settings, compilerOptions] of [
  ['strict settings', STRICT],
  ['the usual settings', USUAL],
] as const) {
  test(`an application compiles when only its import is changed, with ${settings}`, async (t) => {
    const dir = temporaryDirectory(t);
    const library = path.join(root, 'src/index.js');
    const source = readFileSync(application, 'utf8').replaceAll(
      `'prom-client'`,
      JSON.stringify(library),
    );
    writeFileSync(path.join(dir, 'application.ts'), source);
    writeFileSync(path.join(dir, 'package.json'), '{"type":"module"}');
    const config = {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: {
        ...compilerOptions,
        noEmit: true,
        incremental: false,
        tsBuildInfoFile: null,
        rootDir: '/',
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
      include: ['application.ts', path.join(root, 'types')],
    };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify(config));
    t.is(await compile(dir), '');
  });
}
