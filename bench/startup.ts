/**
 * What does it cost a process to begin? Milliseconds to load the library, to open the
 * store and to write a first series, and the bytes of a file with 200 series.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentOf, type Side } from './support/client.js';
import { environmentWith } from './support/peer.js';
import { type BenchOptions, cell, type Report, yesNo } from './support/report.js';
import { median } from './support/statistics.js';

const MAX_FIRST_MS = 5;
const MAX_FILE_BYTES = 256 * 1024;
const ROUNDS = 15;

/** Who starts, and what the process has loaded before the clock runs. */
const CASES = [
  { name: 'prom-client', side: 'prom-client' },
  { name: 'mmap', side: 'mmap' },
  { name: 'mmap, koffi loaded before', side: 'mmap', loadFirst: 'koffi' },
  { name: 'file', side: 'file' },
] as const satisfies readonly { name: string; side: Side; loadFirst?: string }[];
type Case = (typeof CASES)[number];

interface Start {
  readonly importMs: number;
  readonly firstMs: number;
  readonly restMs: number;
  readonly fileBytes: number;
}

export async function startup({ smoke }: BenchOptions): Promise<Report> {
  const rounds = smoke ? 1 : ROUNDS;
  const cases = CASES.map((what) => ({ what, starts: [] as Start[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { what, starts } of cases) starts.push(await start(what));
  }
  const checks = cases
    .filter(({ what }) => what.side !== 'prom-client')
    .map(({ what: { name }, starts }) => {
      const bytes = Math.max(...starts.map(({ fileBytes }) => fileBytes));
      assert.ok(bytes > 0, `${name}: no file was written`);
      assert.ok(bytes < MAX_FILE_BYTES, `${name}: 200 series took ${bytes} bytes`);
      return `${name}: a file with 200 series has ${bytes} bytes, less than ${MAX_FILE_BYTES}`;
    });
  return {
    checks,
    tables: [
      {
        title: 'A fresh process; ms',
        rows: [
          ['side', 'load', 'open, first series', `< ${MAX_FIRST_MS}`, '199 more series'],
          ...cases.map(({ what: { name, side }, starts }) => {
            const first = starts.map(({ firstMs }) => firstMs);
            return [
              name,
              cell(starts.map(({ importMs }) => importMs)),
              cell(first),
              side === 'prom-client' ? '' : yesNo(median(first) < MAX_FIRST_MS),
              cell(starts.map(({ restMs }) => restMs)),
            ];
          }),
        ],
      },
    ],
    notes: [
      `Medians of ${rounds} processes (in brackets: least and most). Both are loaded as they are compiled for the tests, file by file, not bundled.`,
      '200 series: 100 of counters, 50 of a gauge, 50 of a histogram with 11 buckets; 3 labels each.',
    ],
    data: { rounds, cases },
  };
}

async function start({ name, side, ...options }: Case): Promise<Start> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  try {
    const worker = fileURLToPath(new URL('./startup/worker.js', import.meta.url));
    const args = 'loadFirst' in options ? [side, options.loadFirst] : [side];
    const child = fork(worker, args, { env: environmentWith(environmentOf(side, directory)) });
    const exited = once(child, 'exit');
    const [answer] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]): never => {
        throw new Error(`${name}: the process ended with ${code} before it answered`);
      }),
    ]);
    await exited;
    const files = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    return { ...(answer as Start), fileBytes: files.reduce((a, b) => a + b, 0) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
