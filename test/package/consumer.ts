// A project of somebody else's that installed the packed package.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Record<string, unknown>;
  readonly bin?: Record<string, string>;
  readonly scripts: Record<string, string>;
}

export const manifest = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
) as Manifest;

/** What `import` and `require` accept: prom-multiproc, prom-multiproc/pm2 and so on. */
export const specifiers = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => path.posix.join(manifest.name, subpath));

export interface Consumer {
  readonly dir: string;
  /** Where the package was put. */
  readonly packageDir: string;
}

/** @returns the tarball's path */
export async function pack(into: string): Promise<string> {
  await npm(['pack', '--ignore-scripts', '--pack-destination', into], root);
  return path.join(into, `${manifest.name}-${manifest.version}.tgz`);
}

/** A new project with the tarball installed; `flags` are npm's. */
export async function install(
  into: string,
  tarball: string,
  flags: readonly string[],
): Promise<Consumer> {
  const dir = mkdtempSync(path.join(into, 'consumer-'));
  writeFileSync(path.join(dir, 'package.json'), '{"name":"consumer","private":true}\n');
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...flags, tarball], dir);
  return { dir, packageDir: path.join(dir, 'node_modules', manifest.name) };
}

/** Runs a program in the consumer's directory; it prints JSON, which is returned. */
export async function run(
  consumer: Consumer,
  kind: 'esm' | 'cjs',
  code: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const file = path.join(consumer.dir, `program-${sequence()}.${kind === 'esm' ? 'mjs' : 'cjs'}`);
  writeFileSync(file, code);
  const { stdout } = await execute(process.execPath, [file], {
    cwd: consumer.dir,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

/** Compiles a program as TypeScript of the given kind; rejects with the compiler's output. */
export async function compile(
  consumer: Consumer,
  kind: 'esm' | 'cjs',
  code: string,
): Promise<void> {
  const dir = mkdtempSync(path.join(consumer.dir, `typescript-${kind}-`));
  const type = kind === 'esm' ? 'module' : 'commonjs';
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ type }));
  writeFileSync(path.join(dir, 'program.ts'), code);
  const config = {
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      // The declarations themselves are checked, against nothing but Node's types.
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules/@types')],
    },
    files: ['program.ts'],
  };
  writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  try {
    await execute(process.execPath, [tsc, '-p', dir]);
  } catch (error) {
    throw new Error(`${kind}: ${(error as { stdout: string }).stdout}`);
  }
}

/** A second copy of the package, as a nested dependency would bring. */
export function duplicate(consumer: Consumer): string {
  const copy = path.join(consumer.dir, 'node_modules/other/node_modules', manifest.name);
  mkdirSync(path.dirname(copy), { recursive: true });
  cpSync(consumer.packageDir, copy, { recursive: true });
  return copy;
}

/** Every file below `dir`, relative to it, with `/` on every system. */
export function filesBelow(dir: string): string[] {
  return (readdirSync(dir, { recursive: true }) as string[])
    .filter((name) => statSync(path.join(dir, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

/** What `npm install` put into node_modules. */
export function installed(consumer: Consumer): { packageCount: number; sizeBytes: number } {
  const modules = path.join(consumer.dir, 'node_modules');
  const lock = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const sizes = filesBelow(modules).map((name) => statSync(path.join(modules, name)).size);
  return {
    packageCount: Object.keys(lock.packages).length,
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

export function temporaryDirectory(): { path: string; remove: () => void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'prom-multiproc-package-'));
  return { path: dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

let count = 0;
function sequence(): number {
  count += 1;
  return count;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  // Under `npm test` the project's own settings are in the environment; a
  // consumer has none of them.
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(?:config_(?:ignore_scripts|local_prefix|omit)|package_|lifecycle_)/.test(name)) {
      delete env[name];
    }
  }
  const windows = process.platform === 'win32';
  await execute(windows ? 'npm.cmd' : 'npm', args, { cwd, env, shell: windows });
}
