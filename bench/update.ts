/**
 * What does an update cost? Nanoseconds for each kind of update, prom-client beside this
 * library on two backends. Every side is a process of its own; they take turns, round by
 * round, and make the same updates, so that their pages must be equal at the end.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, SIDES, type Side } from './support/client.js';
import { assertSameSamples, parsePage } from './support/page.js';
import { Peer } from './support/peer.js';
import {
  type BenchOptions,
  cell,
  figures,
  type Report,
  type Table,
  yesNo,
} from './support/report.js';
import { pairedRatio } from './support/statistics.js';

/** How many times faster than prom-client the mmap backend is meant to be. */
const REQUIRED = new Map([
  ['counter.inc(labels)', 8],
  ["bound child's inc()", 50],
  ['gauge.set(labels, v)', 8],
  ['histogram.observe(labels, v)', 8],
  ['bound observe(v)', 30],
]);
/** How many times slower than the mmap backend the file backend may be. */
const FILE_LIMIT = 1.5;

const FULL = { rounds: 31, warmUp: 5, iterations: 200_000 };
const SMOKE = { rounds: 2, warmUp: 1, iterations: 2_000 };

type Samples = Record<Side, number[]>;
type SetName = 'plain' | 'application';

export async function update({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const plain = await measureUpdates('plain', effort);
  const application = await measureUpdates('application', effort);
  return {
    checks: [plain, application].map(
      ({ set, equal }) => `${set} updates: ${equal} samples of each side's page are equal`,
    ),
    tables: [
      table('One metric of each type, 3 labels, 100 label sets in turn; ns per update', plain),
      table('As an application does it, 30 metrics and more; ns per update', application),
    ],
    notes: [
      `Medians of ${effort.rounds} rounds of ${effort.iterations} iterations (in brackets: least and most); ratios are medians of the rounds' own ratios.`,
      'A labels object is made for every call. The file backend writes to its file between rounds, as it does between turns of the event loop.',
    ],
    data: { effort, plain: plain.samples, application: application.samples },
  };
}

interface Measured {
  readonly set: SetName;
  readonly samples: Record<string, Samples>;
  /** Samples of the page that all sides agree on. */
  readonly equal: number;
}

/** Measures all updates of a set, or those named. */
export async function measureUpdates(
  set: SetName,
  effort: typeof FULL,
  only?: readonly string[],
): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  const worker = new URL('./update/worker.js', import.meta.url);
  const peers = SIDES.map((side) => ({
    side,
    peer: Peer.process(worker, [side, set], environmentOf(side, join(directory, side))),
  }));
  try {
    const all = (await peers[0]?.peer.call<string[]>('names')) as string[];
    const names = only ?? all;
    const samples = Object.fromEntries(
      names.map((name): [string, Samples] => [name, { 'prom-client': [], mmap: [], file: [] }]),
    );
    for (let round = -effort.warmUp; round < effort.rounds; round++) {
      for (const name of names) {
        for (const { side, peer } of rotated(peers, round + effort.warmUp)) {
          const ns = await peer.call<number>('run', name, effort.iterations);
          if (round >= 0) samples[name]?.[side].push(ns);
        }
      }
    }
    const pages = await Promise.all(peers.map(({ peer }) => peer.call<string>('page')));
    const [expected, ...others] = pages.map(parsePage) as [ReturnType<typeof parsePage>];
    let equal = 0;
    others.forEach((page, i) => {
      equal = assertSameSamples(expected, page, `${set} updates, ${SIDES[i + 1]}`);
    });
    return { set, samples, equal };
  } finally {
    await Promise.all(peers.map(({ peer }) => peer.stop()));
    rmSync(directory, { recursive: true });
  }
}

/** Whoever begins a round may find other caches than who ends it: all take turns at it. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function table(title: string, { samples }: Measured): Table {
  const head = [
    'operation',
    ...SIDES,
    'mmap faster by',
    'required',
    'reached',
    'file/mmap',
    `<= ${FILE_LIMIT}`,
  ];
  const rows = Object.entries(samples).map(([name, of]) => {
    const faster = pairedRatio(of['prom-client'], of.mmap);
    const slower = pairedRatio(of.file, of.mmap);
    const required = REQUIRED.get(name);
    return [
      name,
      ...SIDES.map((side) => cell(of[side])),
      `${figures(faster)} x`,
      required === undefined ? '' : `${required} x`,
      required === undefined ? '' : yesNo(faster >= required),
      figures(slower),
      yesNo(slower <= FILE_LIMIT),
    ];
  });
  return { title, rows: [head, ...rows] };
}
