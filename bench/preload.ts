/**
 * What does the preload cost? Milliseconds before the application begins, and an update
 * of a preloaded prom-client's metric beside one of this library's own.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentWith } from './support/peer.js';
import { type BenchOptions, cell, figures, type Report, yesNo } from './support/report.js';
import { median, pairedRatio } from './support/statistics.js';

const MAX_START_MS = 30;
const MAX_RATIO = 1.25;
const ROUNDS = 15;
const UPDATES = 1_000_000;
const SIDES = ['own', 'preloaded'] as const;

interface Sample {
  readonly loadMs: number;
  readonly preloadMs: number;
  readonly countNs: number;
  readonly observeNs: number;
  readonly counted: number;
}

export async function preload({ smoke }: BenchOptions): Promise<Report> {
  const rounds = smoke ? 1 : ROUNDS;
  const updates = smoke ? 1000 : UPDATES;
  const samples = { own: [] as Sample[], preloaded: [] as Sample[] };
  for (let round = 0; round < rounds; round++) {
    for (const side of SIDES) samples[side].push(await sample(side, updates));
  }
  for (const { counted } of [...samples.own, ...samples.preloaded]) {
    assert.equal(counted, 2 * updates);
  }
  const { own, preloaded } = samples;
  const starts = preloaded.map(({ loadMs, preloadMs }) => loadMs + preloadMs);
  const rowOf = (name: string, of: 'countNs' | 'observeNs') => {
    const [a, b] = [own, preloaded].map((side) => side.map((one) => one[of])) as [
      number[],
      number[],
    ];
    const ratio = pairedRatio(b, a);
    return [name, cell(a), cell(b), figures(ratio), yesNo(ratio <= MAX_RATIO)];
  };
  return {
    checks: [`both sides have counted ${2 * updates} in each of ${rounds} processes`],
    tables: [
      {
        title: 'Before the application begins; ms',
        rows: [
          ['load', 'hook and backend', 'both', `< ${MAX_START_MS}`],
          [
            cell(preloaded.map(({ loadMs }) => loadMs)),
            cell(preloaded.map(({ preloadMs }) => preloadMs)),
            cell(starts),
            yesNo(median(starts) < MAX_START_MS),
          ],
        ],
      },
      {
        title: 'An update with an object of three labels; ns',
        rows: [
          ['', 'own class', 'preloaded', 'times', `<= ${MAX_RATIO}`],
          rowOf('counter.inc(labels)', 'countNs'),
          rowOf('histogram.observe(labels, v)', 'observeNs'),
        ],
      },
    ],
    notes: [
      `Medians of ${rounds} processes of each side, in turns (in brackets: least and most). The package is loaded as it ships, from dist/.`,
    ],
    data: { rounds, updates, samples },
  };
}

async function sample(side: (typeof SIDES)[number], updates: number): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  try {
    const worker = fileURLToPath(new URL('./preload/worker.js', import.meta.url));
    const env = environmentWith({ PROMETHEUS_MULTIPROC_DIR: directory });
    const child = fork(worker, [side, `${updates}`], { env });
    const exited = once(child, 'exit');
    const [answer] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]): never => {
        throw new Error(`${side}: the process ended with ${code} before it answered`);
      }),
    ]);
    await exited;
    return answer as Sample;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
