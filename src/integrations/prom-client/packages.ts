import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultMetrics } from './default-metrics.js';
import { DIALECTS, type Dialect, type PackageName } from './dialects.js';
import { KNOWN_VERSIONS } from './known-versions.js';
import { patchAggregate, patchCluster } from './patched-cluster.js';
import { patchRegistry } from './patched-registry.js';
import { storedClass } from './stored-classes.js';

// biome-ignore lint/suspicious/noExplicitAny: what a module of a client package exports
type Exports = any;
/** What `require` gives in a module. */
type Load = (id: string) => Exports;
/** Gives what a module is to export in place of what it does. */
export type Change = (exports: Exports, load: Load) => Exports;
type ChangeOfPackage = (exports: Exports, dialect: Dialect, load: Load) => Exports;

const patched =
  (patch: (registryClass: Exports) => void): ChangeOfPackage =>
  (exports) => {
    patch(exports);
    return exports;
  };

/** What changes in a package, by file in its `lib`. All three packages have these files. */
const CHANGES: Readonly<Record<string, ChangeOfPackage>> = {
  counter: (exports, dialect) => storedClass('counter', exports, dialect),
  gauge: (exports, dialect) => storedClass('gauge', exports, dialect),
  histogram: (exports, dialect) => storedClass('histogram', exports, dialect),
  summary: (exports, dialect) => storedClass('summary', exports, dialect),
  registry: patched((exports) => {
    patchRegistry(exports);
    patchAggregate(exports);
  }),
  defaultMetrics: (exports, dialect, load) =>
    defaultMetrics(exports, () => load('./registry'), dialect),
  cluster: patched(patchCluster),
  worker: patched(patchCluster),
};

const CHANGED_FILE = new RegExp(`[\\\\/]lib[\\\\/](${Object.keys(CHANGES).join('|')})\\.js$`);
const MAIN_FILE = /[\\/]index\.js$/;

/** Finds out what is to change in a file that an application loads. */
export class Packages {
  readonly #known = new Map<string, PackageName | undefined>();
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The change of a file, or undefined where it stays as it is. */
  changeOf(filename: string): Change | undefined {
    const [file, name] = CHANGED_FILE.exec(filename) ?? [];
    if (file === undefined) return undefined;
    const known = this.#packageIn(filename.slice(0, -file.length));
    if (known === undefined) return undefined;
    const change = CHANGES[name as string] as ChangeOfPackage;
    return (exports, load) => change(exports, DIALECTS[known], load);
  }

  /** Whether a file is what `require` of a client package gives. */
  isMain(filename: string): boolean {
    return MAIN_FILE.test(filename) && this.#packageIn(path.dirname(filename)) !== undefined;
  }

  #packageIn(directory: string): PackageName | undefined {
    if (!this.#known.has(directory)) this.#known.set(directory, this.#read(directory));
    return this.#known.get(directory);
  }

  #read(directory: string): PackageName | undefined {
    const { name, version } = manifestIn(directory);
    if (name === undefined || !Object.hasOwn(KNOWN_VERSIONS, name)) return undefined;
    if (KNOWN_VERSIONS[name as PackageName].test(version ?? '')) return name as PackageName;
    this.#warn(
      `${name} ${version} in ${directory} is not a version that prom-multiproc/register knows: its metrics stay those of one process`,
    );
    return undefined;
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
