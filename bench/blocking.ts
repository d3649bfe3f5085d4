/**
 * How long does a scrape hold up the process that serves it? The longest time between two
 * turns of the event loop while a page is made, beside what prom-client's primary takes
 * to merge and render at one go.
 */

import assert from 'node:assert/strict';
import { Scene } from './scrape/scene.js';
import type { Block } from './support/blocks.js';
import { assertSameSamples, parsePage } from './support/page.js';
import { Peer } from './support/peer.js';
import { type BenchOptions, cell, type Report } from './support/report.js';
import { median } from './support/statistics.js';
import { W3, W4, type Workload } from './workloads.js';

const FULL = { rounds: 25, warmUp: 10, growing: 5 };
const SMOKE = { rounds: 1, warmUp: 1, growing: 1 };
const SMOKE_PROCS = 2;

/** Far more than a page should have. */
const LARGE: Workload = {
  name: '300,000 lines',
  procs: 4,
  counters: [20, 1000],
  gauges: [2, 1000],
  histograms: [20, 1000],
};
const CASES = [
  { workload: W3, mostMs: 5 },
  { workload: W4, mostMs: 10 },
  { workload: LARGE, mostMs: 10 },
] as const;

interface Measured {
  readonly workload: Workload;
  readonly mostMs: number;
  readonly lines: number;
  /** Longest blocks while a page was made, ms. */
  readonly blocks: number[];
  /** Longest block while the collector's first page was made, ms. */
  firstBlock: number;
  /** Longest blocks while a page was made after a process had begun a series, ms. */
  readonly grownBlocks: number[];
  /** Longest blocks in as much time without a scrape: the machine's own. */
  readonly idle: number[];
  /** Times of the scrapes. */
  readonly scrapes: number[];
  /** prom-client's merging and rendering, which is one block. */
  readonly theirs: number[];
}

export async function blocking({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const measured: Measured[] = [];
  for (const { workload, mostMs } of CASES) {
    const procs = smoke ? SMOKE_PROCS : workload.procs;
    measured.push(await measure({ ...workload, procs }, mostMs, effort));
  }
  return {
    checks: measured.map(
      ({ workload: { name, procs }, lines }) =>
        `${name}, ${procs} processes: ${lines} samples are equal on both sides`,
    ),
    tables: [
      {
        title: 'Longest block of the event loop during a scrape, every value changed; ms',
        rows: [
          ['', 'lines', 'prom-client', 'mmap', 'whole scrape', 'new series', 'first', 'no scrape'],
          ...measured.map(
            ({ workload, lines, theirs, blocks, scrapes, grownBlocks, firstBlock, idle }) => [
              workload.name,
              String(lines),
              ...[theirs, blocks, scrapes, grownBlocks, [firstBlock], idle].map(cell),
            ],
          ),
        ],
      },
    ],
    requirements: measured.map(({ workload: { name }, blocks, mostMs }) => ({
      what: `${name}: longest block, median of ${effort.rounds} scrapes`,
      found: median(blocks),
      atMost: mostMs,
      unit: 'ms',
    })),
    notes: [
      `Medians of ${effort.rounds} scrapes (in brackets: least and most). The event loop turns as fast as it can meanwhile. Where "no scrape" has blocks of its own, the machine was busy. "New series": scrapes after a process has begun a series, ${effort.growing} of them; "first": the one first scrape of the process.`,
      `prom-client's time is that of aggregate(...).metrics() alone, which does not let the loop turn; parsing the workers' messages comes before it, one block a message.`,
    ],
    data: { effort, cases: measured },
  };
}

async function measure(workload: Workload, mostMs: number, effort: typeof FULL): Promise<Measured> {
  const measured: Measured = {
    workload,
    mostMs,
    lines: 0,
    blocks: [],
    firstBlock: 0,
    grownBlocks: [],
    idle: [],
    scrapes: [],
    theirs: [],
  };
  const primary = Peer.process(new URL('./scrape/aggregating.js', import.meta.url), [
    'prom-client',
    JSON.stringify(workload),
  ]);
  const scene = new Scene('mmap');
  try {
    scene.startProcesses(workload);
    const collector = scene.startCollector();
    for (let turn = 0; turn < effort.warmUp + effort.rounds; turn++) {
      await Promise.all([scene.change(turn), primary.call('change', turn)]);
      const { longestMs, ms, bytes } = await collector.call<Block>('blocked');
      assert.ok(bytes > 0, `${workload.name}: the page is empty`);
      const idle = await collector.call<Block>('idle', ms);
      if (turn === 0) measured.firstBlock = longestMs;
      if (turn < effort.warmUp) continue;
      measured.blocks.push(longestMs);
      measured.scrapes.push(ms);
      measured.idle.push(idle.longestMs);
      measured.theirs.push((await primary.call<{ ms: number }>('scrape')).ms);
    }
    const ours = await collector.call<{ page: string }>('again');
    const theirs = await primary.call<{ page: string }>('scrape');
    const lines = assertSameSamples(parsePage(theirs.page), parsePage(ours.page), workload.name);
    for (let turn = 0; turn < effort.growing; turn++) {
      await scene.grow(turn);
      measured.grownBlocks.push((await collector.call<Block>('blocked')).longestMs);
    }
    return { ...measured, lines };
  } finally {
    await Promise.all([primary.stop(), scene.stop()]);
  }
}
