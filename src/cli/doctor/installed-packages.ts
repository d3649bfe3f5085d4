import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../../errors.js';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Seen from where the search began. */
  readonly path: string;
}

/** The version of a package that this program would load; undefined where it is not installed. */
export function loadableVersion(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    const version = manifestOf(join(folder, name))?.version;
    if (version !== undefined) return version;
  }
  return undefined;
}

/**
 * All copies of these packages that an application in a directory could load: in its
 * node_modules and those above, in those of its dependencies, and in pnpm's store.
 */
export function installedCopies(from: string, names: ReadonlySet<string>): InstalledPackage[] {
  const found: InstalledPackage[] = [];
  const visit = (modules: string): void => {
    for (const path of packagesIn(modules)) {
      const name = packageAt(path);
      if (names.has(name)) {
        const version = manifestOf(path)?.version ?? 'of no version';
        found.push({ name, version, path: relative(from, path) });
      }
      visit(join(path, 'node_modules'));
    }
  };
  for (const directory of andAbove(from)) visit(join(directory, 'node_modules'));
  return found;
}

/** What a package in a node_modules is called: with its scope, where it has one. */
function packageAt(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  return slashed.slice(slashed.lastIndexOf(MODULES) + MODULES.length);
}

const MODULES = '/node_modules/';

function andAbove(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...andAbove(parent)];
}

/** Folders of packages in a node_modules. Links are copies elsewhere, which are found there. */
function packagesIn(modules: string): string[] {
  return foldersIn(modules).flatMap((name) => {
    const path = join(modules, name);
    if (name === '.pnpm') {
      return foldersIn(path).flatMap((one) => packagesIn(join(path, one, 'node_modules')));
    }
    if (name.startsWith('@')) return foldersIn(path).map((one) => join(path, one));
    return name.startsWith('.') ? [] : [path];
  });
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error))) return [];
    throw error;
  }
}

function manifestOf(path: string): { version?: string } | undefined {
  const file = join(path, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not a package that anybody could load.
    return undefined;
  }
}
