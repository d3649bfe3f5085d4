/**
 * What does a scrape cost? Milliseconds to merge and render the page of many processes,
 * beside prom-client's `AggregatorRegistry.aggregate(...).metrics()` on the same data.
 * Real processes write; between two scrapes every value changes, one in ten, or none.
 */

import {
  type Effort,
  type Measured,
  measureScrapes,
  ROUNDS_PER_BATCH,
  type Samples,
} from './scrape/measure.js';
import { BACKENDS, type Backend } from './support/client.js';
import type { BarPlot } from './support/plot.js';
import { type BenchOptions, cell, figures, type Report, type Table } from './support/report.js';
import type { Requirement } from './support/requirement.js';
import { median, pairedRatio } from './support/statistics.js';
import { W1, W2, W3, W4 } from './workloads.js';

const WORKLOADS = [W1, W2, W3, W4];
/** How many times faster than prom-client a scrape is meant to be when every value has changed. */
const REQUIRED = new Map([
  ['W1', 40],
  ['W2', 60],
  ['W3', 180],
  ['W4', 80],
]);
/** Parts of the time that these leave which a scrape may take when less has changed. */
const UNCHANGED_SHARE = 1 / 3;
const TENTH_SHARE = 2 / 3;
/** How many times slower than the mmap backend the file backend's collector may be. */
const FILE_LIMIT = 2;

const FULL: Effort = {
  batches: 5,
  leastMs: 10_000,
  warmUpBatches: 3,
  warmUpScrapes: 4000,
  warmUpMs: 8000,
  growing: 10,
};
const SMOKE: Effort = {
  batches: 1,
  leastMs: 0,
  warmUpBatches: 0,
  warmUpScrapes: 0,
  warmUpMs: 0,
  growing: 1,
};
const SMOKE_PROCS = 4;

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
      `Medians of at least ${effort.batches * (ROUNDS_PER_BATCH - 1)} rounds, and of ${effort.leastMs / 1000} s (in brackets: least and most); ratios are medians of the rounds' own ratios. Rounds come in batches of ${ROUNDS_PER_BATCH}, between which pages are compared; the first of each stands under "after a pause".`,
      `Before them, each side scrapes ${effort.warmUpScrapes} times, or for ${effort.warmUpMs / 1000} s, and ${effort.warmUpBatches} batches do not count.`,
      'On our side the scraping process is one of the writers, as in a cluster.',
      'Our page is released after its time, as by a server that has sent it.',
      "prom-client's time begins with the workers' messages at hand as objects: asking for them, making, sending and parsing them is left out. Both sides give a Buffer.",
    ],
    data: { effort, workloads: measured },
  };
}

/** How many times longer the file backend's collector takes. */
export function fileSlowdown({ samples: { mmap, file } }: Measured): number {
  return median(file.changed) / median(mmap.changed);
}

function requirements(measured: Measured): Requirement[] {
  const { workload, samples } = measured;
  const { mmap } = samples;
  const required = REQUIRED.get(workload.name) as number;
  const faster = (what: string, own: readonly number[], atLeast: number): Requirement => ({
    what: `${workload.name}, ${what}: faster than prom-client`,
    found: pairedRatio(mmap.aggregate, own),
    atLeast,
    unit: 'x',
  });
  return [
    faster('every value changed', mmap.changed, required),
    faster('a tenth changed', mmap.tenth, required / TENTH_SHARE),
    faster('nothing changed', mmap.unchanged, required / UNCHANGED_SHARE),
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
    ['every value changed, after a pause', 'rested'],
    ['one process has a new series', 'grown'],
    ['first scrape of a collector', 'first'],
  ];
  const { mmap } = samples;
  return {
    title: `${workload.name}: ${workload.procs} processes, ${equal} samples, ${figures(bytes / 1024)} KiB; ms per scrape`,
    rows: [
      ['scrape', 'ms', 'prom-client takes'],
      ['prom-client: merge and render', cell(mmap.aggregate), ''],
      ['prom-client: merge and render, after a pause', cell(mmap.restedAggregate), ''],
      ["prom-client: parse the workers' messages", cell(mmap.parse), ''],
      ...BACKENDS.flatMap((backend) =>
        rows.map(([name, key]) => {
          const { [key]: own, aggregate: theirs, restedAggregate } = samples[backend];
          const aggregate = key === 'rested' ? restedAggregate : theirs;
          const faster = figures(pairedRatio(aggregate.slice(0, own.length), own));
          return [`${backend}: ${name}`, cell(own), `${faster} x`];
        }),
      ),
    ],
  };
}
