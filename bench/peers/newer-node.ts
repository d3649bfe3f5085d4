import { spawnSync } from 'node:child_process';

/** The oldest version of Node.js that `@prometheus-io/client` supports. */
const OLDEST_MAJOR = 22;

export const NEWER_NODE_HINT = `it needs Node.js ${OLDEST_MAJOR} or newer: run the benchmark with that, or 'npm install --no-save --ignore-scripts=false --prefix /tmp/node-26 node@26' and set PROM_MULTIPROC_BENCH_NODE=/tmp/node-26/node_modules/node/bin/node`;

/** A binary of Node.js that is new enough: this one, or the one that the variable names. */
export function newerNode(env: NodeJS.ProcessEnv): string | undefined {
  if (majorOf(process.versions.node) >= OLDEST_MAJOR) return process.execPath;
  const named = env.PROM_MULTIPROC_BENCH_NODE;
  if (named === undefined) return undefined;
  const { stdout, error } = spawnSync(named, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  const version = stdout.trim().replace(/^v/, '');
  if (majorOf(version) < OLDEST_MAJOR) {
    throw new Error(`PROM_MULTIPROC_BENCH_NODE is version ${version}: ${NEWER_NODE_HINT}`);
  }
  return named;
}

function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
