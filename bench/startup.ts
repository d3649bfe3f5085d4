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
import { environmentOf, SIDES, type Side } from './support/client.js';
import { environmentWith } from './support/peer.js';
import { type BenchOptions, cell, type Report, yesNo } from './support/report.js';
import { median } from './support/statistics.js';

const MAX_FIRST_MS = 5;
const MAX_FILE_BYTES = 256 * 1024;
const ROUNDS = 15;

interface Start {
  readonly importMs: number;
  readonly firstMs: number;
  readonly restMs: number;
  readonly fileBytes: number;
}

export async function startup({ smoke }: BenchOptions): Promise<Report> {
  const rounds = smoke ? 1 : ROUNDS;
  const starts: Record<Side, Start[]> = { 'prom-client': [], mmap: [], file: [] };
  for (let round = 0; round < rounds; round++) {
    for (const side of SIDES) starts[side].push(await start(side));
  }
  const bytes = (side: Side) => Math.max(...starts[side].map(({ fileBytes }) => fileBytes));
  for (const side of ['mmap', 'file'] as const) {
    assert.ok(bytes(side) > 0, `${side}: no file was written`);
    assert.ok(bytes(side) < MAX_FILE_BYTES, `${side}: 200 series took ${bytes(side)} bytes`);
  }
  const of = (side: Side, what: keyof Start) => starts[side].map((start) => start[what]);
  return {
    checks: [
      `a file with 200 series has ${bytes('mmap')} bytes on mmap and ${bytes('file')} on file: less than ${MAX_FILE_BYTES}`,
    ],
    tables: [
      {
        title: 'A fresh process; ms',
        rows: [
          ['side', 'load', 'open, first series', `< ${MAX_FIRST_MS}`, '199 more series'],
          ...SIDES.map((side) => [
            side,
            cell(of(side, 'importMs')),
            cell(of(side, 'firstMs')),
            side === 'prom-client' ? '' : yesNo(median(of(side, 'firstMs')) < MAX_FIRST_MS),
            cell(of(side, 'restMs')),
          ]),
        ],
      },
    ],
    notes: [
      `Medians of ${rounds} processes (in brackets: least and most). Both are loaded as they are compiled for the tests, file by file, not bundled.`,
      '200 series: 100 of counters, 50 of a gauge, 50 of a histogram with 11 buckets; 3 labels each.',
    ],
    data: { rounds, starts },
  };
}

async function start(side: Side): Promise<Start> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  try {
    const worker = fileURLToPath(new URL('./startup/worker.js', import.meta.url));
    const child = fork(worker, [side], { env: environmentWith(environmentOf(side, directory)) });
    const exited = once(child, 'exit');
    const [answer] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]): never => {
        throw new Error(`${side}: the process ended with ${code} before it answered`);
      }),
    ]);
    await exited;
    const files = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    return { ...(answer as Start), fileBytes: files.reduce((a, b) => a + b, 0) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
