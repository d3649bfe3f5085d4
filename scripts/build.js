// Makes dist/ from the entries:
//
//   NAME.cjs     the implementation, bundled; dependencies stay external
//   shared-*.cjs what several entries use, where there are several
//   NAME.js      ESM wrapper: named exports taken from NAME.cjs, so that
//                `import` and `require` share one copy and its classes
//   types/       declarations for `import`
//   types-cjs/   the same declarations, marked CommonJS, for `require`
//
// and brings `exports` and `bin` of package.json in line with the entries.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { buildPage } from './build-page.js';
import { buildWasm } from './build-wasm.js';
import { entries, programs } from './entries.js';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const manifestPath = path.join(root, 'package.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));

await buildPage();
await buildWasm();
rmSync(dist, { recursive: true, force: true });
const exportedNames = await bundle();
for (const subpath of Object.keys(entries)) writeEsmWrapper(entryName(subpath));
for (const name of Object.keys(programs)) chmodSync(path.join(dist, `${name}.cjs`), 0o755);
emitTypes();
updateManifest();

/** '.' -> 'index', './pm2' -> 'pm2' */
function entryName(subpath) {
  return subpath === '.' ? 'index' : subpath.slice(2);
}

/** @returns the sorted names that each entry exports, by entry name */
async function bundle() {
  const input = { ...programs };
  for (const [subpath, source] of Object.entries(entries)) input[entryName(subpath)] = source;
  const external = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog(level, log, report) {
      // A bundle with a warning is not shipped.
      report(level === 'warn' ? 'error' : level, log);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'shared-[hash].cjs',
  });
  await build.close();
  const chunks = output.filter((chunk) => chunk.type === 'chunk' && chunk.isEntry);
  return new Map(chunks.map((chunk) => [chunk.name, chunk.exports.sort()]));
}

/** An entry without exports is run for its effect alone. */
function writeEsmWrapper(name) {
  const names = exportedNames.get(name);
  const lines =
    names.length === 0
      ? [`import './${name}.cjs';`]
      : [
          `import implementation from './${name}.cjs';`,
          '',
          'export const {',
          ...names.map((exported) => `  ${exported},`),
          '} = implementation;',
        ];
  writeFileSync(path.join(dist, `${name}.js`), `${lines.join('\n')}\n`);
}

function emitTypes() {
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  cpSync(path.join(dist, 'types'), path.join(dist, 'types-cjs'), { recursive: true });
  writeFileSync(path.join(dist, 'types-cjs/package.json'), '{"type":"commonjs"}\n');
}

function updateManifest() {
  const exports = {};
  for (const [subpath, source] of Object.entries(entries)) {
    const name = entryName(subpath);
    const declarations = source.replace(/\.ts$/, '.d.ts');
    exports[subpath] = {
      import: { types: `./dist/types/${declarations}`, default: `./dist/${name}.js` },
      require: { types: `./dist/types-cjs/${declarations}`, default: `./dist/${name}.cjs` },
    };
  }
  exports['./package.json'] = './package.json';
  const bin = {};
  for (const name of Object.keys(programs)) bin[name] = `./dist/${name}.cjs`;
  const updated = { ...manifest, exports, ...(Object.keys(bin).length > 0 && { bin }) };
  const text = `${JSON.stringify(updated, null, 2)}\n`;
  if (text === readFileSync(manifestPath, 'utf8')) return;
  writeFileSync(manifestPath, text);
  console.log('package.json: exports and bin brought in line with scripts/entries.js');
}
