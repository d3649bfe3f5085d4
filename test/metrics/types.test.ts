// TypeScript that was written for prom-client compiles with this library's declarations.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const application = path.join(root, 'test/metrics/types/application.ts');
const compiler = path.join(root, 'node_modules/typescript/bin/tsc');

/** What the compiler has to say. */
function compile(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...args], (_, stdout) => resolve(stdout));
  });
}

// prom-client's types hide that a subclass's `collect` overrides anything.
const STRICT = { noImplicitOverride: false };
/** What most applications have. */
const USUAL = { ...STRICT, exactOptionalPropertyTypes: false, noUncheckedIndexedAccess: false };

test('an application compiles when only its import is changed', async (t) => {
  const dir = temporaryDirectory(t);
  const declarations = path.join(dir, 'declarations');
  const types = path.join(root, 'tsconfig.types.json');
  t.is(await compile('--project', types, '--outDir', declarations), '');

  const library = JSON.stringify(path.join(declarations, 'src/index.js'));
  const source = readFileSync(application, 'utf8').replaceAll(`'prom-client'`, library);
  writeFileSync(path.join(dir, 'application.ts'), source);
  writeFileSync(path.join(dir, 'package.json'), '{"type":"module"}');
  for (const options of [STRICT, USUAL]) {
    const config = {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: {
        ...options,
        noEmit: true,
        incremental: false,
        tsBuildInfoFile: null,
        rootDir: '/',
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
      include: ['application.ts'],
    };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify(config));
    t.is(await compile('--project', dir), '');
  }
});
