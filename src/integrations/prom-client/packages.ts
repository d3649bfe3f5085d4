import { readFileSync } from 'node:fs';
import path from 'node:path';
import { patchAggregate, patchCluster } from './patched-cluster.js';
import { patchRegistry } from './patched-registry.js';
import { storedClass } from './stored-classes.js';

// biome-ignore lint/suspicious/noExplicitAny: what a module of a client package exports
type Exports = any;
/** Gives what a module is to export in place of what it does. */
export type Change = (exports: Exports) => Exports;

/** The client packages whose insides are known, with the versions of which that holds. */
const KNOWN_VERSIONS: Readonly<Record<string, RegExp>> = {
  'prom-client': /^15\./,
  '@prometheus-io/client': /^0\.16\./,
  '@platformatic/prom-client': /^1\./,
};

const patched =
  (patch: (registryClass: Exports) => void): Change =>
  (exports) => {
    patch(exports);
    return exports;
  };

/** What changes in a package, by file in its `lib`. All three packages have these files. */
const CHANGES: Readonly<Record<string, Change>> = {
  counter: (exports) => storedClass('counter', exports),
  gauge: (exports) => storedClass('gauge', exports),
  histogram: (exports) => storedClass('histogram', exports),
  summary: (exports) => storedClass('summary', exports),
  registry: patched((exports) => {
    patchRegistry(exports);
    patchAggregate(exports);
  }),
  cluster: patched(patchCluster),
  worker: patched(patchCluster),
};

const CHANGED_FILE = new RegExp(`[\\\\/]lib[\\\\/](${Object.keys(CHANGES).join('|')})\\.js$`);
const MAIN_FILE = /[\\/]index\.js$/;

/** Finds out what is to change in a file that an application loads. */
export class Packages {
  readonly #known = new Map<string, boolean>();
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The change of a file, or undefined where it stays as it is. */
  changeOf(filename: string): Change | undefined {
    const [file, name] = CHANGED_FILE.exec(filename) ?? [];
    if (file === undefined) return undefined;
    return this.#knows(filename.slice(0, -file.length)) ? CHANGES[name as string] : undefined;
  }

  /** Whether a file is what `require` of a client package gives. */
  isMain(filename: string): boolean {
    return MAIN_FILE.test(filename) && this.#knows(path.dirname(filename));
  }

  #knows(directory: string): boolean {
    let known = this.#known.get(directory);
    if (known === undefined) {
      known = this.#read(directory);
      this.#known.set(directory, known);
    }
    return known;
  }

  #read(directory: string): boolean {
    const { name, version } = manifestIn(directory);
    const versions = name === undefined ? undefined : KNOWN_VERSIONS[name];
    if (versions === undefined) return false;
    if (versions.test(version ?? '')) return true;
    this.#warn(
      `${name} ${version} in ${directory} is not a version that prom-multiproc/register knows: its metrics stay those of one process`,
    );
    return false;
  }
}

function manifestIn(directory: string): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  } catch {
    // A folder of the application that is called lib, in a folder that is no package.
    return {};
  }
}
