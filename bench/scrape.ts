/**
 * What does a scrape cost? Milliseconds to merge and render the page of many processes,
 * beside prom-client's `AggregatorRegistry.aggregate(...).metrics()` on the same data.
 * Real processes write; between two scrapes every value changes, one in ten, or none.
 */

import assert from 'node:assert/strict';
import { Scene } from './scrape/scene.js';
import { BACKENDS, type Backend } from './support/client.js';
import { assertSameSamples, parsePage } from './support/page.js';
import { Peer } from './support/peer.js';
import type { BarPlot } from './support/plot.js';
import { type BenchOptions, cell, figures, type Report, type Table } from './support/report.js';
import type { Requirement } from './support/requirement.js';
import { median, pairedRatio } from './support/statistics.js';
import { W1, W2, W3, W4, type Workload } from './workloads.js';

const WORKLOADS = [W1, W2, W3, W4];
/** How many times faster than prom-client a scrape is meant to be when every value has changed. */
const REQUIRED = new Map([
  ['W1', 40],
  ['W2', 60],
  ['W3', 180],
  ['W4', 80],
]);
/** Parts of that time which a scrape may take when less has changed. */
const UNCHANGED_SHARE = 1 / 3;
const TENTH_SHARE = 2 / 3;
/** How many times slower than the mmap backend the file backend's collector may be. */
const FILE_LIMIT = 2;

export interface Effort {
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly warmUp: number;
  /** Scrapes of changed values before those, by the collector alone: it takes far less time for one. */
  readonly warmUpScrapes: number;
  /** Rounds after them in which series are added: each lays out a new plan, which is no steady state. */
  readonly growing: number;
}
const FULL: Effort = { rounds: 25, warmUp: 8, warmUpScrapes: 60, growing: 10 };
const SMOKE: Effort = { rounds: 2, warmUp: 0, warmUpScrapes: 0, growing: 1 };
const SMOKE_PROCS = 4;

/** Milliseconds, one a round. */
export interface Samples {
  /** prom-client: merging and rendering. */
  readonly aggregate: number[];
  /** prom-client: reading the workers' messages before. */
  readonly parse: number[];
  /** A known collector after every value has changed. */
  readonly changed: number[];
  /** A known collector after nothing has changed. */
  readonly unchanged: number[];
  /** A known collector after one value in ten has changed. */
  readonly tenth: number[];
  /** A known collector after one process has begun a series. */
  readonly grown: number[];
  /** A new collector in a process that has scraped before. */
  readonly first: number[];
}

export interface Measured {
  readonly workload: Workload;
  readonly samples: Record<Backend, Samples>;
  readonly equal: number;
  readonly bytes: number;
}

interface Page {
  readonly ms: number;
  readonly page: string;
}

export async function scrape({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const measured: Measured[] = [];
  for (const workload of WORKLOADS) {
    const procs = smoke ? SMOKE_PROCS : workload.procs;
    measured.push(await measureScrapes({ ...workload, procs }, effort));
  }
  return {
    checks: measured.map(
      ({ workload: { name, procs }, equal }) =>
        `${name}, ${procs} processes: ${equal} samples are equal on both sides after every round`,
    ),
    tables: measured.map(table),
    requirements: measured.flatMap(requirements),
    plots: [plot(measured)],
    notes: [
      `Medians of ${effort.rounds} rounds (in brackets: least and most); ratios are medians of the rounds' own ratios.`,
      "prom-client's time begins with the workers' messages at hand as objects: asking for them, making, sending and parsing them is left out. Both sides give a Buffer.",
    ],
    data: { effort, workloads: measured },
  };
}

/** Scrapes a workload on both backends, after each of the changes, and compares every page. */
export async function measureScrapes(workload: Workload, effort: Effort): Promise<Measured> {
  const aggregating = new URL('./scrape/aggregating.js', import.meta.url);
  const of = { workload, equal: 0, bytes: 0, samples: { mmap: noSamples(), file: noSamples() } };
  for (const backend of BACKENDS) {
    const primary = Peer.process(aggregating, ['prom-client', JSON.stringify(workload)]);
    const scene = new Scene(backend);
    try {
      scene.startProcesses(workload);
      const what = `${workload.name}, ${backend}`;
      Object.assign(of, await measureBackend(what, scene, primary, of.samples[backend], effort));
    } finally {
      await Promise.all([primary.stop(), scene.stop()]);
    }
  }
  return of;
}

async function measureBackend(
  what: string,
  scene: Scene,
  primary: Peer,
  into: Samples,
  effort: Effort,
): Promise<Pick<Measured, 'equal' | 'bytes'>> {
  const found = { equal: 0, bytes: 0 };
  const collector = scene.startCollector();
  const change = (...args: [turn: number, every?: number]) =>
    Promise.all([scene.change(...args), primary.call('change', ...args)]);
  const again = () => collector.call<Page>('again');
  const theirs = () => primary.call<Page & { parseMs: number }>('scrape');
  let turn = 0;
  for (let scrape = 0; scrape < effort.warmUpScrapes; scrape++) {
    await change(turn++);
    await again();
  }
  for (let round = 0; round < effort.warmUp + effort.rounds; round++) {
    const where = `${what}, round ${round}`;
    await change(turn++);
    const aggregate = await theirs();
    const changed = await again();
    const unchanged = await again();
    await change(turn++, 10);
    const tenth = await again();

    const before = parsePage(changed.page);
    found.equal = assertSameSamples(parsePage(aggregate.page), before, where);
    assertSameSamples(before, parsePage(unchanged.page), `${where}, nothing changed`);
    const after = parsePage(tenth.page);
    // Later rounds are held against a new collector's page alone, at the end: theirs takes its time.
    if (round === 0) {
      assertSameSamples(parsePage((await theirs()).page), after, `${where}, a tenth changed`);
    }
    assert.notDeepEqual(after, before, `${where}: a change changes the page`);
    found.bytes = Buffer.byteLength(changed.page);
    if (round < effort.warmUp) continue;
    into.aggregate.push(aggregate.ms);
    into.parse.push(aggregate.parseMs);
    into.changed.push(changed.ms);
    into.unchanged.push(unchanged.ms);
    into.tenth.push(tenth.ms);
  }
  let before = parsePage((await again()).page);
  for (let round = 0; round < effort.growing; round++) {
    const where = `${what}, growing round ${round}`;
    await Promise.all([scene.firstWriter.call('grow', turn), primary.call('grow', turn)]);
    turn++;
    const grown = await again();
    const first = await collector.call<Page>('first');
    const all = parsePage(grown.page);
    assert.equal(all.size, before.size + 1, `${where}, a new series`);
    assertSameSamples(all, parsePage(first.page), `${where}, a new collector`);
    if (round === 0) assertSameSamples(parsePage((await theirs()).page), all, where);
    before = all;
    into.grown.push(grown.ms);
    into.first.push(first.ms);
  }
  return found;
}

function noSamples(): Samples {
  return {
    aggregate: [],
    parse: [],
    changed: [],
    unchanged: [],
    tenth: [],
    grown: [],
    first: [],
  };
}

/** How many times longer the file backend's collector takes. */
export function fileSlowdown({ samples: { mmap, file } }: Measured): number {
  return median(file.changed) / median(mmap.changed);
}

function requirements(measured: Measured): Requirement[] {
  const { workload, samples } = measured;
  const { mmap } = samples;
  return [
    {
      what: `${workload.name}, every value changed: faster than prom-client`,
      found: pairedRatio(mmap.aggregate, mmap.changed),
      atLeast: REQUIRED.get(workload.name) as number,
      unit: 'x',
    },
    {
      what: `${workload.name}, nothing changed: part of that time`,
      found: pairedRatio(mmap.unchanged, mmap.changed),
      atMost: UNCHANGED_SHARE,
      unit: 'x',
    },
    {
      what: `${workload.name}, a tenth changed: part of that time`,
      found: pairedRatio(mmap.tenth, mmap.changed),
      atMost: TENTH_SHARE,
      unit: 'x',
    },
    {
      what: `${workload.name}, file backend: times the mmap backend's`,
      found: fileSlowdown(measured),
      atMost: FILE_LIMIT,
      unit: 'x',
    },
  ];
}

function plot(measured: readonly Measured[]): BarPlot {
  const bars = (name: string, pick: (of: Record<Backend, Samples>) => readonly number[]) => ({
    name,
    values: measured.map(({ samples }) => median(pick(samples))),
  });
  return {
    kind: 'bars',
    name: 'scrape',
    title: 'Time of a scrape after every value has changed',
    y: 'ms',
    groups: measured.map(
      ({ workload: { name, procs }, equal }) => `${name}: ${procs} processes,\n${equal} lines`,
    ),
    bars: [
      bars('prom-client aggregate', ({ mmap }) => mmap.aggregate),
      bars('mmap', ({ mmap }) => mmap.changed),
      bars('file', ({ file }) => file.changed),
      bars('mmap, nothing changed', ({ mmap }) => mmap.unchanged),
    ],
  };
}

function table({ workload, samples, equal, bytes }: Measured): Table {
  const rows: [string, keyof Samples][] = [
    ['every value changed', 'changed'],
    ['a tenth changed', 'tenth'],
    ['nothing changed', 'unchanged'],
    ['one process has a new series', 'grown'],
    ['first scrape of a collector', 'first'],
  ];
  const { mmap } = samples;
  return {
    title: `${workload.name}: ${workload.procs} processes, ${equal} samples, ${figures(bytes / 1024)} KiB; ms per scrape`,
    rows: [
      ['scrape', 'ms', 'prom-client takes'],
      ['prom-client: merge and render', cell(mmap.aggregate), ''],
      ["prom-client: parse the workers' messages", cell(mmap.parse), ''],
      ...BACKENDS.flatMap((backend) =>
        rows.map(([name, key]) => {
          const { [key]: own, aggregate } = samples[backend];
          const faster = figures(pairedRatio(aggregate.slice(0, own.length), own));
          return [`${backend}: ${name}`, cell(own), `${faster} x`];
        }),
      ),
    ],
  };
}
