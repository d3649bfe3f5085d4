/**
 * What does the first scrape of a process cost? Milliseconds of a fresh process on a full
 * machine's files beside its steady state; on the files of a thousand dead workers beside
 * Python's client on files of the same content; and what the dead cost once archived.
 */

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpreterOf, LanguageFiles, PYTHON } from './peers/languages.js';
import { record } from './scrape/record.js';
import { Scene } from './scrape/scene.js';
import { assertSameSamples, parsePage, type Samples } from './support/page.js';
import { mergedSamples, type RecordedProcess } from './support/recorder.js';
import { type BenchOptions, cell, type Report, type Table } from './support/report.js';
import type { Requirement } from './support/requirement.js';
import { median, pairedRatio } from './support/statistics.js';
import { W1, W3, W5, type Workload } from './workloads.js';

const MAX_FIRST_TO_STEADY = 25;
const MIN_FASTER_THAN_PYTHON = 20;
const MAX_ARCHIVED_TO_LIVE = 1.3;

const FULL = { processes: 7, warmUp: 8, rounds: 25, dead: 1000 };
const SMOKE = { processes: 1, warmUp: 1, rounds: 2, dead: 6 };
const SMOKE_PROCS = 3;

type Effort = typeof FULL;

interface Page {
  readonly ms: number;
  readonly page: string;
}

/** Milliseconds of fresh processes. */
interface Fresh {
  readonly first: number[];
  /** The median of each process's scrapes after that. */
  readonly steady: number[];
}

interface Dead {
  readonly samples: number;
  /** Fresh processes that find files of dead writers and no archive. */
  readonly first: number[];
  /** Steady scrapes after the dead were archived, and of the live ones alone. */
  readonly archived: number[];
  readonly liveOnly: number[];
  /** Fresh interpreters of Python's client, if it is installed. */
  readonly python?: { readonly version: string; readonly first: number[] };
}

export async function first({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const of = (workload: Workload) => (smoke ? { ...workload, procs: SMOKE_PROCS } : workload);
  const fresh = await measureFresh(of(W3), effort);
  const dead = await measureDead({ ...of(W5), dead: effort.dead }, effort);
  const python =
    dead.python === undefined
      ? `Python's client is left out: '${PYTHON.install}'`
      : `W5 with ${effort.dead} dead: ${dead.samples} samples are equal to those of Python's client ${dead.python.version}`;
  return {
    checks: [
      'W3: the first page and the steady ones have the sums of all processes',
      `W5 with ${effort.dead} dead: ${dead.samples} samples are right before and after they are archived`,
      python,
    ],
    tables: [table(fresh, dead)],
    requirements: requirements(fresh, dead),
    notes: [
      `Medians of ${effort.processes} fresh processes, of ${effort.rounds} rounds for steady scrapes (in brackets: least and most). A fresh process's time does not hold its start or the loading of modules; Python's neither.`,
      'Every value of the live processes changes between steady scrapes. Files of the dead are put back, and the archive is removed, before each first scrape. Python: gauges are livesum, and mark_process_dead() has removed those of the dead.',
    ],
    data: { effort, fresh, dead },
  };
}

async function measureFresh(workload: Workload, effort: Effort): Promise<Fresh> {
  const scene = new Scene('mmap');
  const fresh: Fresh = { first: [], steady: [] };
  try {
    scene.startProcesses(workload);
    let turn = 0;
    await scene.change(turn++);
    let page = '';
    for (let i = 0; i < effort.processes; i++) {
      const collector = scene.startCollector();
      fresh.first.push((await collector.call<Page>('again')).ms);
      const steady: number[] = [];
      for (let round = 0; round < effort.warmUp + effort.rounds; round++) {
        await scene.change(turn++);
        const scraped = await collector.call<Page>('again');
        page = scraped.page;
        if (round >= effort.warmUp) steady.push(scraped.ms);
      }
      fresh.steady.push(median(steady));
      await collector.stop();
    }
    const expected = mergedSamples(record(workload, turn));
    assertSameSamples(expected, parsePage(page), workload.name);
    const again = await scene.startCollector().call<Page>('again');
    assertSameSamples(expected, parsePage(again.page), `${workload.name}, a fresh process`);
    return fresh;
  } finally {
    await scene.stop();
  }
}

async function measureDead(workload: Workload, effort: Effort): Promise<Dead> {
  const scene = new Scene('mmap');
  const alone = new Scene('mmap');
  const kept = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  try {
    await scene.leaveDead(workload);
    cpSync(scene.directory, kept, { recursive: true });
    const deadFiles = new Set(readdirSync(kept));
    for (const each of [scene, alone]) {
      each.startProcesses(workload);
      await each.change(0);
    }
    const live = readdirSync(scene.directory).filter((name) => !deadFiles.has(name));
    const recorded = record(workload, 1);
    const expected = mergedSamples(recorded);

    const first: number[] = [];
    for (let i = 0; i < effort.processes; i++) {
      for (const name of readdirSync(scene.directory)) {
        if (live.includes(name)) continue;
        rmSync(join(scene.directory, name), { recursive: true, force: true });
      }
      cpSync(kept, scene.directory, { recursive: true });
      const collector = scene.startCollector();
      const { ms, page } = await collector.call<Page>('again');
      first.push(ms);
      assertSameSamples(expected, parsePage(page), `${workload.name}, first scrape`);
      await collector.stop();
    }
    const python = measurePython(recorded, expected, effort);
    const steady = await measureArchived(workload, scene, alone, effort);
    return { samples: expected.size, first, ...steady, ...(python && { python }) };
  } finally {
    await Promise.all([scene.stop(), alone.stop()]);
    rmSync(kept, { recursive: true });
  }
}

/** Steady scrapes of two directories with the same live writers, one with the archive of the dead. */
async function measureArchived(
  workload: Workload,
  scene: Scene,
  alone: Scene,
  effort: Effort,
): Promise<Pick<Dead, 'archived' | 'liveOnly'>> {
  const into = { archived: [] as number[], liveOnly: [] as number[] };
  const collector = scene.startCollector();
  const other = alone.startCollector();
  await collector.call('compact');
  for (let turn = 1; turn <= effort.warmUp + effort.rounds; turn++) {
    await Promise.all([scene.change(turn), alone.change(turn)]);
    const archived = await collector.call<Page>('again');
    const liveOnly = await other.call<Page>('again');
    if (turn === effort.warmUp + effort.rounds) {
      const what = `${workload.name}, archived`;
      const all = record(workload, turn + 1);
      assertSameSamples(mergedSamples(all), parsePage(archived.page), what);
      const live = mergedSamples(all.filter((process) => process.live));
      assertSameSamples(live, parsePage(liveOnly.page), `${W1.name}, live only`);
    }
    if (turn <= effort.warmUp) continue;
    into.archived.push(archived.ms);
    into.liveOnly.push(liveOnly.ms);
  }
  return into;
}

function measurePython(
  recorded: readonly RecordedProcess[],
  expected: Samples,
  effort: Effort,
): Dead['python'] {
  const interpreter = interpreterOf(PYTHON);
  if (interpreter === undefined) return undefined;
  const files = new LanguageFiles(PYTHON, interpreter, recorded);
  try {
    const first = Array.from({ length: effort.processes }, () => {
      const { ms, samples } = files.scrape(1);
      assertSameSamples(expected, samples, PYTHON.name);
      return ms[0] as number;
    });
    return { version: files.version, first };
  } finally {
    files.remove();
  }
}

function table(fresh: Fresh, { first, archived, liveOnly, python }: Dead): Table {
  return {
    title: 'ms per scrape',
    rows: [
      ['scrape', 'ms'],
      ['W3: first of a process', cell(fresh.first)],
      ['W3: steady', cell(fresh.steady)],
      ['W5: first of a process', cell(first)],
      ...(python ? [[`W5: Python's client ${python.version}`, cell(python.first)]] : []),
      ['W5: steady, once archived', cell(archived)],
      ['W1: steady', cell(liveOnly)],
    ],
  };
}

function requirements(fresh: Fresh, { first, archived, liveOnly, python }: Dead): Requirement[] {
  const found: Requirement[] = [
    {
      what: 'W3: first scrape of a process, in steady ones',
      found: pairedRatio(fresh.first, fresh.steady),
      atMost: MAX_FIRST_TO_STEADY,
      unit: 'x',
    },
    {
      what: 'W5 once archived: times W1',
      found: pairedRatio(archived, liveOnly),
      atMost: MAX_ARCHIVED_TO_LIVE,
      unit: 'x',
    },
  ];
  if (python !== undefined) {
    found.push({
      what: "W5, first scrape of a process: faster than Python's client",
      found: median(python.first) / median(first),
      atLeast: MIN_FASTER_THAN_PYTHON,
      unit: 'x',
    });
  }
  return found;
}
