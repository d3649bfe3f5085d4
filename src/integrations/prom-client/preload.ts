import Module, { createRequire } from 'node:module';
import { preloadBackend } from '../../mapping/backend.js';
import { threadState } from '../../state.js';
import { threadShared } from '../../thread-shared.js';
import { change, connect } from './install.js';
import { Packages } from './packages.js';

type Compile = (
  this: NodeJS.Module,
  content: string,
  filename: string,
  ...more: unknown[]
) => unknown;

/**
 * Makes every copy of a known client package that this thread loads from now on write to
 * the store: what `prom-multiproc/register` does. Copies that were loaded before are
 * changed as far as they can be, with a warning. Does nothing where no directory is set,
 * or when called again.
 */
export function preload(): void {
  const { directory, warn } = threadState();
  if (directory === undefined) return;
  threadShared('prom-client preload', () => {
    connect();
    preloadBackend(process.env);
    const packages = new Packages(warn);
    changeLoaded(packages, warn);
    hook(packages);
    return true;
  });
}

/**
 * Every CommonJS file goes through this method, whether it is required or imported, and
 * whatever compiles TypeScript in between.
 */
function hook(packages: Packages): void {
  const prototype = Module.prototype as unknown as { _compile: Compile };
  const compile = prototype._compile;
  prototype._compile = function (content, filename, ...more) {
    const result = compile.call(this, content, filename, ...more);
    const change = packages.changeOf(filename);
    if (change !== undefined) this.exports = change(this.exports, (id) => this.require(id));
    return result;
  };
}

/** Changes what is in the module cache already, without what others have taken out of it. */
function changeLoaded(packages: Packages, warn: (message: string) => void): void {
  const { cache } = createRequire(import.meta.url);
  for (const [filename, module] of Object.entries(cache)) {
    if (module === undefined) continue;
    const changeFile = packages.changeOf(filename);
    if (changeFile !== undefined) {
      module.exports = changeFile(module.exports, (id) => module.require(id));
    }
    if (!packages.isMain(filename)) continue;
    change(module.exports);
    warn(
      `${filename} was loaded before prom-multiproc/register: metrics of classes that were taken out of it before are brought up to date only now and then. Preload it: node --import prom-multiproc/register`,
    );
  }
}
