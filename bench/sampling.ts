/**
 * What does it cost to keep default metrics up to date? Milliseconds of one round of
 * sampling, which a process makes every five seconds, beside prom-client's callbacks, which
 * it runs at each scrape. Every side is a process of its own with open files and timers.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_MS } from '../src/limits.js';
import { environmentOf, SIDES, type Side } from './support/client.js';
import { Peer } from './support/peer.js';
import { type BenchOptions, cell, type Report, yesNo } from './support/report.js';
import { median } from './support/statistics.js';

const MAX_ROUND_MS = 0.5;
/** Metrics that a process may have no series of: it has collected nothing, and asks for nothing. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  'nodejs_gc_duration_seconds',
  'nodejs_active_requests',
]);
const FULL = { rounds: 31, warmUp: 5, samples: 20 };
const SMOKE = { rounds: 2, warmUp: 1, samples: 2 };

/** Things that default metrics count: as many as a busy small server has. */
const OPEN_FILES = 200;
const TIMERS = 100;

export async function sampling({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const measured = await measure(effort);
  return {
    checks: measured.map(({ side, metrics }) => `${side}: a round gave ${metrics} metrics values`),
    tables: [
      {
        title: `One round over the default metrics, ${OPEN_FILES} open files, ${TIMERS} timers; ms`,
        rows: [
          ['side', 'a round', `< ${MAX_ROUND_MS}`],
          ...measured.map(({ side, ms }) => [
            side,
            cell(ms),
            side === 'prom-client' ? '' : yesNo(median(ms) < MAX_ROUND_MS),
          ]),
        ],
      },
    ],
    notes: [
      `Medians of ${effort.rounds} rounds, each the mean of ${effort.samples} (in brackets: least and most). A process does one every ${SAMPLE_MS} ms.`,
      'The file backend writes to its file in each round.',
    ],
    data: { effort, measured },
  };
}

interface Measured {
  readonly side: Side;
  readonly metrics: number;
  readonly ms: number[];
}

async function measure(effort: typeof FULL): Promise<Measured[]> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  const peers = SIDES.map((side) => {
    const env = { ...environmentOf(side, directory), PROMETHEUS_MULTIPROC_SAMPLE_MS: '0' };
    return {
      side,
      peer: Peer.process(new URL('./sampling/worker.js', import.meta.url), [side], env),
    };
  });
  try {
    const measured: Measured[] = [];
    for (const { side, peer } of peers) {
      await peer.call('open', OPEN_FILES, TIMERS);
      const { filled, empty } = await peer.call<{ filled: number; empty: string[] }>('values');
      const wrong = empty.filter((name) => !MAY_BE_EMPTY.has(name));
      assert.deepEqual(wrong, [], `${side}: metrics that have no value after a round`);
      measured.push({ side, metrics: filled, ms: [] });
    }
    for (let round = 0; round < effort.warmUp + effort.rounds; round++) {
      for (const [i, { peer }] of peers.entries()) {
        const mean = await peer.call<number>('sample', effort.samples);
        if (round >= effort.warmUp) measured[i]?.ms.push(mean);
      }
    }
    return measured;
  } finally {
    await Promise.all(peers.map(({ peer }) => peer.stop()));
    rmSync(directory, { recursive: true });
  }
}
