/**
 * What does a scrape cost? Milliseconds to merge and render the page of many processes,
 * beside prom-client's `AggregatorRegistry.aggregate(...).metrics()` on the same data.
 * Real processes write; between two scrapes every value changes.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, type Side } from './support/client.js';
import { assertSameSamples, parsePage } from './support/page.js';
import { Peer } from './support/peer.js';
import { type BenchOptions, cell, figures, type Report, type Table } from './support/report.js';
import { pairedRatio } from './support/statistics.js';
import { W1, W3, type Workload } from './workloads.js';

const BACKENDS = ['mmap', 'file'] as const satisfies Side[];
type Backend = (typeof BACKENDS)[number];

const FULL = { rounds: 25, warmUp: 8, freshProcesses: 5 };
const SMOKE = { rounds: 2, warmUp: 0, freshProcesses: 1 };
const SMOKE_PROCS = 4;

/** Milliseconds, one a round. */
interface Samples {
  /** prom-client: merging and rendering. */
  readonly aggregate: number[];
  /** prom-client: reading the workers' messages before. */
  readonly parse: number[];
  /** A known collector after every value has changed. */
  readonly changed: number[];
  /** A known collector after nothing has changed. */
  readonly unchanged: number[];
  /** A known collector after one process has begun a series. */
  readonly grown: number[];
  /** A new collector in a process that has scraped before. */
  readonly first: number[];
  /** The first scrape of a process. */
  readonly cold: number[];
}

interface Measured {
  readonly workload: Workload;
  readonly samples: Record<Backend, Samples>;
  readonly equal: number;
  readonly bytes: number;
}

export async function scrape({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const measured: Measured[] = [];
  for (const workload of [W1, W3]) {
    const procs = smoke ? SMOKE_PROCS : workload.procs;
    measured.push(await measure({ ...workload, procs }, effort));
  }
  return {
    checks: measured.map(
      ({ workload: { name, procs }, equal }) =>
        `${name}, ${procs} processes: ${equal} samples are equal on both sides after every round`,
    ),
    tables: measured.map(table),
    notes: [
      `Medians of ${effort.rounds} rounds (in brackets: least and most), of ${effort.freshProcesses} processes for the first scrape of a process; ratios are medians of the rounds' own ratios.`,
      "prom-client's time begins with the workers' messages at hand as objects: asking for them, making, sending and parsing them is left out. Both sides give a Buffer.",
    ],
    data: { effort, workloads: measured },
  };
}

async function measure(workload: Workload, effort: typeof FULL): Promise<Measured> {
  const aggregating = new URL('./scrape/aggregating.js', import.meta.url);
  const of = { workload, equal: 0, bytes: 0, samples: { mmap: noSamples(), file: noSamples() } };
  for (const backend of BACKENDS) {
    const primary = new Peer(aggregating, [JSON.stringify(workload)]);
    try {
      Object.assign(of, await measureBackend(backend, primary, of, effort));
    } finally {
      await primary.stop();
    }
  }
  return of;
}

async function measureBackend(
  backend: Backend,
  primary: Peer,
  { workload, samples }: Measured,
  effort: typeof FULL,
): Promise<Pick<Measured, 'equal' | 'bytes'>> {
  const directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  const env = environmentOf(backend, directory);
  const collecting = new URL('./scrape/collecting.js', import.meta.url);
  const writers = Array.from(
    { length: workload.procs },
    (_, proc) =>
      new Peer(
        new URL('./scrape/writer.js', import.meta.url),
        [JSON.stringify(workload), String(proc)],
        env,
      ),
  );
  const collector = new Peer(collecting, [], env);
  const found = { equal: 0, bytes: 0 };
  const into = samples[backend];
  try {
    for (let turn = 0; turn < effort.warmUp + effort.rounds; turn++) {
      await Promise.all([...writers, primary].map((peer) => peer.call('change', turn)));
      const theirs = await primary.call<{ ms: number; parseMs: number; page: string }>('scrape');
      const changed = await collector.call<{ ms: number; page: string }>('again');
      const unchanged = await collector.call<{ ms: number; page: string }>('again');
      await Promise.all([writers[0]?.call('grow', turn), primary.call('grow', turn)]);
      const grown = await collector.call<{ ms: number; page: string }>('again');
      const first = await collector.call<{ ms: number; page: string }>('first');
      const what = `${workload.name}, ${backend}, turn ${turn}`;
      const before = parsePage(changed.page);
      found.equal = assertSameSamples(parsePage(theirs.page), before, what);
      assertSameSamples(before, parsePage(unchanged.page), `${what}, nothing changed`);
      const after = parsePage(grown.page);
      assert.equal(after.size, before.size + 1, `${what}, a new series`);
      assertSameSamples(after, parsePage(first.page), `${what}, a new collector`);
      found.bytes = Buffer.byteLength(changed.page);
      if (turn < effort.warmUp) continue;
      into.aggregate.push(theirs.ms);
      into.parse.push(theirs.parseMs);
      into.changed.push(changed.ms);
      into.unchanged.push(unchanged.ms);
      into.grown.push(grown.ms);
      into.first.push(first.ms);
    }
    for (let i = 0; i < effort.freshProcesses; i++) {
      const fresh = new Peer(collecting, [], env);
      try {
        into.cold.push((await fresh.call<{ ms: number }>('again')).ms);
      } finally {
        await fresh.stop();
      }
    }
    return found;
  } finally {
    await Promise.all([...writers, collector].map((peer) => peer.stop()));
    rmSync(directory, { recursive: true });
  }
}

function noSamples(): Samples {
  return { aggregate: [], parse: [], changed: [], unchanged: [], grown: [], first: [], cold: [] };
}

function table({ workload, samples, equal, bytes }: Measured): Table {
  const rows: [string, (of: Samples) => readonly number[]][] = [
    ['every value changed', (of) => of.changed],
    ['nothing changed', (of) => of.unchanged],
    ['one process has a new series', (of) => of.grown],
    ['first scrape of a collector', (of) => of.first],
    ['first scrape of a process', (of) => of.cold],
  ];
  const { mmap } = samples;
  return {
    title: `${workload.name}: ${workload.procs} processes, ${equal} samples, ${figures(bytes / 1024)} KiB; ms per scrape`,
    rows: [
      ['scrape', 'ms', 'prom-client takes'],
      ['prom-client: merge and render', cell(mmap.aggregate), ''],
      ["prom-client: parse the workers' messages", cell(mmap.parse), ''],
      ...BACKENDS.flatMap((backend) =>
        rows.map(([name, pick]) => {
          const own = pick(samples[backend]);
          // prom-client's times are those of a process that has merged before.
          const cold = own === samples[backend].cold;
          const faster = cold ? '' : `${figures(pairedRatio(samples[backend].aggregate, own))} x`;
          return [`${backend}: ${name}`, cell(own), faster];
        }),
      ),
    ],
  };
}
