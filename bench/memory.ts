/**
 * What does a collector keep, and what does a scrape allocate? Bytes of the JavaScript heap
 * and of memory outside of it that it accounts for; mapped files are not among them.
 */

import assert from 'node:assert/strict';
import { Scene } from './scrape/scene.js';
import { parsePage } from './support/page.js';
import { type BenchOptions, cell, figures, type Report } from './support/report.js';
import { median } from './support/statistics.js';
import { seriesOf, slotsOf, W1, W2, W3, W4, type Workload } from './workloads.js';

const WORKLOADS = [W1, W2, W3, W4];
const SMOKE_PROCS = 2;
const FULL = { rounds: 25, warmUp: 30, processes: 3 };
const SMOKE = { rounds: 2, warmUp: 2, processes: 1 };

const MAX_BYTES_PER_LINE = 250;
const MAX_BYTES_PER_SLOT = 16;
const MAX_ALLOCATED_BYTES = 1024 * 1024;

/** No young generation is collected between the two looks at the heap. */
const QUIET_HEAP = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

interface Measured {
  readonly workload: Workload;
  readonly lines: number;
  /** Bytes that a collector keeps, one a process. */
  readonly kept: readonly number[];
  /** Bytes that a steady scrape allocates beside the page, one a scrape. */
  readonly allocated: readonly number[];
}

export async function memory({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const measured: Measured[] = [];
  for (const workload of WORKLOADS) {
    const procs = smoke ? SMOKE_PROCS : workload.procs;
    measured.push(await measure({ ...workload, procs }, effort));
  }
  const [, few, many, large] = measured as [Measured, Measured, Measured, Measured];
  const perSlot = (median(many.kept) - median(few.kept)) / (slots(many) - slots(few));
  const beyondSlots = (of: Measured) => median(of.kept) - perSlot * slots(of);
  const perLine = (beyondSlots(large) - beyondSlots(few)) / (large.lines - few.lines);
  return {
    checks: measured.map(
      ({ workload: { name }, lines, kept, allocated }) =>
        `${name}: a page of ${lines} samples, ${kept.length} collectors, ${allocated.length} scrapes`,
    ),
    tables: [
      {
        title: 'Memory of a collector, every value changed between two scrapes; KiB',
        rows: [
          ['', 'series', 'lines', 'slots of all', 'kept', 'allocated per scrape'],
          ...measured.map((of) => [
            of.workload.name,
            String(seriesOf(of.workload)),
            String(of.lines),
            String(slots(of)),
            cell(of.kept.map(inKiB)),
            cell(of.allocated.map(inKiB)),
          ]),
        ],
      },
    ],
    requirements: [
      {
        what: 'kept per line of the page',
        found: perLine,
        atMost: MAX_BYTES_PER_LINE,
        unit: 'bytes',
      },
      {
        what: 'kept per slot of each process',
        found: perSlot,
        atMost: MAX_BYTES_PER_SLOT,
        unit: 'bytes',
      },
      {
        what: 'W3: allocated per steady scrape beside the page',
        found: inKiB(median(many.allocated)),
        atMost: inKiB(MAX_ALLOCATED_BYTES),
        unit: 'KiB',
      },
    ],
    notes: [
      `Kept: medians of ${effort.processes} processes, after garbage collection, against the process before its first scrape. Allocated: medians of ${effort.rounds} scrapes (in brackets: least and most).`,
      `A slot's share is what ${few.workload.name} and ${many.workload.name} differ by, which have the same page; a line's is what ${few.workload.name} and ${large.workload.name} differ by beyond that. What is kept of all, by lines: ${measured.map((of) => `${of.workload.name} ${figures(median(of.kept) / of.lines)} bytes`).join(', ')}.`,
    ],
    data: { effort, workloads: measured },
  };
}

async function measure(workload: Workload, effort: typeof FULL): Promise<Measured> {
  const scene = new Scene('mmap');
  try {
    scene.startProcesses(workload);
    let turn = 0;
    await scene.change(turn++);
    const kept: number[] = [];
    const allocated: number[] = [];
    let lines = 0;
    for (let i = 0; i < effort.processes; i++) {
      const collector = scene.startCollector({ execArgv: QUIET_HEAP });
      const before = await collector.call<number>('kept');
      const { page } = await collector.call<{ page: string }>('again');
      lines = parsePage(page).size;
      for (let round = 0; round < effort.warmUp; round++) {
        await scene.change(turn++);
        await collector.call('blocked');
      }
      kept.push((await collector.call<number>('kept')) - before);
      if (i < effort.processes - 1) {
        await collector.stop();
        continue;
      }
      for (let round = 0; round < effort.rounds; round++) {
        await scene.change(turn++);
        const { pageBytes, besideBytes } = await collector.call<{
          pageBytes: number;
          besideBytes: number;
        }>('allocated');
        assert.ok(pageBytes > 0, `${workload.name}: the page is empty`);
        allocated.push(besideBytes);
      }
    }
    return { workload, lines, kept, allocated };
  } finally {
    await scene.stop();
  }
}

function slots({ workload }: Measured): number {
  return slotsOf(workload) * workload.procs;
}

function inKiB(bytes: number): number {
  return bytes / 1024;
}
