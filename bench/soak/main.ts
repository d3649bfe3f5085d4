/**
 * `npm run soak -- --minutes N [--backend mmap|mmap-io|file] [--workers N]`: workers that
 * count without pause are killed with SIGKILL and replaced all the time, while scrapers
 * make pages, and so archives, without pause. Ends with a table, and with exit code 1
 * when a counter went down or the sum is not what was counted.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Collector, compact } from '../../src/index.js';
import type { ScraperReport } from './scraper.js';

const SCRAPERS = 2;
const MAX_WORKER_LIFE_MS = 300;
/** Long enough to get past the lock of the one that was killed before. */
const MAX_COMPACTOR_LIFE_MS = 3_000;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    workers: { type: 'string', default: '6' },
    backend: { type: 'string', default: '' },
  },
});

const shared = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const root = mkdtempSync(path.join(shared, 'prom-multiproc-soak-'));
const directory = path.join(root, 'metrics');
const env = {
  ...process.env,
  PROMETHEUS_MULTIPROC_DIR: directory,
  PROMETHEUS_MULTIPROC_BACKEND: options.backend,
};
const children = new Set<ChildProcess>();
let started = 0;

async function start(program: string, args: readonly string[] = []): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), args, { env });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await once(child, 'message');
  return child;
}

const startWorker = () => start('worker.js', [path.join(root, `ledger-${started++}`)]);

/** Keeps one process running until the deadline, killing each after a while; how many were killed. */
async function keep(
  startOne: () => Promise<ChildProcess>,
  maxLifeMs: number,
  deadline: number,
): Promise<number> {
  let killed = 0;
  while (performance.now() < deadline) {
    const child = await startOne();
    await setTimeout(Math.random() * maxLifeMs);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    killed++;
    await gone;
  }
  return killed;
}

/** Increments that were handed over, and that were at most made, by all workers. */
function ledgers(): { least: number; most: number } {
  let least = 0;
  let most = 0;
  for (const name of readdirSync(root)) {
    if (!name.startsWith('ledger-')) continue;
    const bytes = readFileSync(path.join(root, name));
    if (bytes.length < 16) continue;
    most += bytes.readDoubleLE(0);
    least += bytes.readDoubleLE(8);
  }
  return { least, most };
}

async function counted(collector: Collector): Promise<number> {
  const [family] = await collector.collectFamilies({ names: ['soak_increments_total'] });
  return (family?.samples ?? []).reduce((sum, { value }) => sum + value, 0);
}

async function report(scraper: ChildProcess): Promise<ScraperReport> {
  const answer = once(scraper, 'message');
  scraper.send('stop');
  const [message] = (await answer) as [ScraperReport];
  return message;
}

async function soak(): Promise<boolean> {
  const first = await startWorker();
  const scrapers = await Promise.all(Array.from({ length: SCRAPERS }, () => start('scraper.js')));
  const deadline = performance.now() + Number(options.minutes) * 60_000;
  const workers = Array.from({ length: Number(options.workers) }, () =>
    keep(startWorker, MAX_WORKER_LIFE_MS, deadline),
  );
  const compactorsKilled = keep(() => start('compactor.js'), MAX_COMPACTOR_LIFE_MS, deadline);
  const workersKilled = (await Promise.all(workers)).reduce((sum, count) => sum + count, 1);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const reports = await Promise.all(scrapers.map(report));
  const collector = new Collector({ dir: directory, compact: false });
  const beforeArchiving = await counted(collector);
  await compact(directory);
  const afterArchiving = await counted(collector);
  collector.close();
  const { least, most } = ledgers();
  const files = readdirSync(directory);
  const bytes = files.reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0);
  const violations = reports.flatMap((one) => one.violations);
  const right =
    violations.length === 0 &&
    beforeArchiving >= least &&
    beforeArchiving <= most &&
    afterArchiving === beforeArchiving;
  console.table({
    'workers killed': workersKilled,
    'compactors killed': await compactorsKilled,
    scrapes: reports.reduce((sum, { scrapes }) => sum + scrapes, 0),
    'shortest scrape, ms': Math.min(...reports.map(({ lowestMs }) => lowestMs)).toFixed(2),
    'longest scrape, ms': Math.max(...reports.map(({ highestMs }) => highestMs)).toFixed(2),
    'files at the end': files.length,
    'bytes at the end': bytes,
    'increments handed over': least,
    'increments counted': beforeArchiving,
    'increments begun': most,
    'counted after archiving': afterArchiving,
    'counters that went down': violations.length,
  });
  for (const violation of violations) console.error(violation);
  return right;
}

try {
  process.exitCode = (await soak()) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}
