// An application of its own, with its own copies of client packages. Needs dist/
// (`npm run build`).

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { samplesByKey } from '../helpers/page-samples.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const dist: string = path.join(root, 'dist');

/** The packages that the preload knows. */
export const CLIENTS = [
  'prom-client',
  '@prometheus-io/client',
  '@platformatic/prom-client',
] as const;

/** What the client packages need, and what tests start an application with. */
const DEPENDENCIES = ['tdigest', 'bintrees', '@opentelemetry/api', 'tsx'];

export const IMPORTED = ['--import', 'prom-multiproc/register'];

export interface RunOptions {
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export class Project {
  readonly dir: string;
  /** Where the application's processes write. */
  readonly metricsDir: string;

  constructor(t: Teardown) {
    if (!existsSync(path.join(dist, 'register.cjs'))) {
      throw new Error('dist/ is missing: run `npm run build` first');
    }
    // Node.js knows files by their real names.
    this.dir = realpathSync(temporaryDirectory(t));
    this.metricsDir = temporaryDirectory(t);
    this.write('package.json', '{}');
    for (const name of CLIENTS) this.copy(name, name);
    for (const name of DEPENDENCIES) this.#link(path.join(root, 'node_modules', name), name);
    this.#link(root, 'prom-multiproc');
  }

  write(file: string, text: string): string {
    const full = path.join(this.dir, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  /** Puts a copy of a development dependency into a folder of `node_modules`. */
  copy(name: string, to: string): string {
    const full = path.join(this.dir, 'node_modules', to);
    cpSync(path.join(root, 'node_modules', name), full, { recursive: true });
    return full;
  }

  /** Lets the application load a development dependency as it is. */
  link(name: string): void {
    this.#link(path.join(root, 'node_modules', name), name);
  }

  #link(target: string, name: string): void {
    const full = path.join(this.dir, 'node_modules', name);
    mkdirSync(path.dirname(full), { recursive: true });
    symlinkSync(target, full, 'junction');
  }

  /** Runs a program, with the preload where nothing else is said, and gives what it prints as JSON. */
  async run(file: string, code: string, options: RunOptions = {}): Promise<unknown> {
    return JSON.parse((await this.output(file, code, options)).stdout);
  }

  output(
    file: string,
    code: string,
    { nodeArgs = IMPORTED, env = {} }: RunOptions = {},
  ): Promise<{ stdout: string; stderr: string }> {
    const program = this.write(file, code);
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return promisify(execFile)(process.execPath, [...nodeArgs, program], {
      cwd: this.dir,
      env: { ...inherited, PROMETHEUS_MULTIPROC_DIR: this.metricsDir, ...env },
    });
  }

  /** The page of all processes that have written, made elsewhere, without the library's own metrics. */
  async page(): Promise<Record<string, number>> {
    const code = `const { collect } = require('prom-multiproc');
      collect().then((page) => console.log(JSON.stringify(page)));`;
    const page = samplesByKey((await this.run('page.cjs', code, { nodeArgs: [] })) as string);
    return Object.fromEntries(
      Object.entries(page).filter(([key]) => !key.startsWith('prom_multiproc_')),
    );
  }
}
