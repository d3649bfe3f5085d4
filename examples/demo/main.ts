/**
 * The demo: `npm run demo`. Four workers of node:cluster count requests, any of them
 * serves the merged page, one is killed. Ends with 1 if a number is not what it must be.
 * `npm run demo -- --serve` stays up for a browser and a Prometheus.
 */

import cluster from 'node:cluster';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { installClusterHooks } from '../../src/index.js';
import { check } from './check.js';
import { Fleet } from './fleet.js';
import { serve } from './serve.js';
import { runWorker } from './worker.js';

const WORKERS = 4;
const DEFAULT_SERVE_PORT = 9464;

if (cluster.isPrimary) await runPrimary();
else runWorker();

async function runPrimary(): Promise<void> {
  const { values } = parseArgs({
    options: { serve: { type: 'boolean', default: false }, port: { type: 'string' } },
  });
  const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const directory = mkdtempSync(join(fastestTemporaryDirectory(), 'prom-multiproc-demo-'));
  process.env.PROMETHEUS_MULTIPROC_DIR = directory;
  installClusterHooks();
  const fleet = new Fleet(Number(values.port ?? (values.serve ? DEFAULT_SERVE_PORT : 0)));
  const story = async (): Promise<number> => {
    await Promise.all(Array.from({ length: WORKERS }, () => fleet.start()));
    if (!values.serve) return check(fleet, directory);
    serve(fleet, directory);
    return stop.then(() => 0);
  };
  try {
    process.exitCode = await Promise.race([story(), stop.then(() => (values.serve ? 0 : 1))]);
  } finally {
    await fleet.stop();
    rmSync(directory, { recursive: true });
  }
  // The story may go on where a signal ended it early.
  process.exit();
}

/** Memory where the system has a directory for it: metrics need not survive a reboot. */
function fastestTemporaryDirectory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    // Not Linux, or not writable: any directory serves.
    return tmpdir();
  }
}
