/**
 * What does a scrape cost with other clients? Real clusters of prom-client and of
 * `@prometheus-io/client`, their merging alone, and the multi-process clients of Python and
 * Ruby, on the same values as this library's writers. All pages must be equal.
 */

import { createRequire } from 'node:module';
import { interpreterOf, type Language, LanguageFiles, PYTHON, RUBY } from './peers/languages.js';
import { NEWER_NODE_HINT, newerNode } from './peers/newer-node.js';
import { record } from './scrape/record.js';
import { Scene } from './scrape/scene.js';
import { PACKAGES, type PackageName } from './support/client.js';
import { assertSameSamples, parsePage, type Samples } from './support/page.js';
import { Peer } from './support/peer.js';
import type { BarPlot } from './support/plot.js';
import { mergedSamples } from './support/recorder.js';
import { type BenchOptions, cell, type Report, type Table } from './support/report.js';
import { median } from './support/statistics.js';
import { W1, W2, W3, W4, W5, type Workload } from './workloads.js';

const WORKLOADS = [W1, W2, W3, W4, W5];
const OURS = 'prom-multiproc, mmap';
const FULL = { rounds: 11, warmUp: 4 };
const SMOKE = { rounds: 1, warmUp: 1 };
const SMOKE_PROCS = 3;
const SMOKE_DEAD = 4;

type Effort = typeof FULL;

/** One scrape; the caller compares the page of the last. */
interface Scraped {
  readonly ms: number;
  readonly page: string;
}

/** A client, and how its scrapes of a workload are timed: undefined where it cannot serve that workload. */
interface Contestant {
  readonly name: string;
  measure(workload: Workload, effort: Effort): Promise<Result | undefined>;
}

interface Result {
  readonly ms: readonly number[];
  readonly samples: Samples;
}

interface Row {
  readonly name: string;
  /** Milliseconds by workload. */
  readonly ms: Record<string, readonly number[]>;
}

export async function peers({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const { contestants, leftOut, versions } = findContestants(process.env);
  const workloads = WORKLOADS.map((workload) => (smoke ? small(workload) : workload));
  const rows: Row[] = contestants.map(({ name }) => ({ name, ms: {} }));
  const checks: string[] = [];
  for (const workload of workloads) {
    const expected = mergedSamples(record(workload, effort.warmUp + effort.rounds));
    const equal: string[] = [];
    for (const [i, { name, measure }] of contestants.entries()) {
      const result = await measure(workload, effort);
      if (result === undefined) continue;
      assertSameSamples(expected, result.samples, `${workload.name}, ${name}`);
      equal.push(name);
      (rows[i] as Row).ms[workload.name] = result.ms;
    }
    checks.push(`${workload.name}: ${expected.size} samples are equal: ${equal.join('; ')}`);
  }
  return {
    checks: [...checks, ...leftOut],
    tables: [table(workloads, rows)],
    plots: [plot(workloads, rows)],
    notes: [
      `Medians of ${effort.rounds} scrapes after ${effort.warmUp} (in brackets: least and most), one side after the other. With Node.js every value changes between two scrapes; files of other languages stay as they are, since those clients read all of them every time.`,
      'Real workers: clusterMetrics() with the page as a Buffer. In one process: aggregate(...).metrics() with the messages at hand. A cluster does not keep what dead workers counted, so W5 is not for them; W5 of this library is after its dead are archived.',
      ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
    ],
    data: { effort, versions, leftOut, rows },
  };
}

function small({ dead, ...workload }: Workload): Workload {
  return { ...workload, procs: SMOKE_PROCS, ...(dead && { dead: SMOKE_DEAD }) };
}

function findContestants(env: NodeJS.ProcessEnv): {
  contestants: Contestant[];
  leftOut: string[];
  versions: Record<string, string>;
} {
  const contestants: Contestant[] = [{ name: OURS, measure: ours }];
  const leftOut: string[] = [];
  const versions: Record<string, string> = {};
  const newer = newerNode(env);
  for (const name of PACKAGES) {
    const execPath = name === 'prom-client' ? process.execPath : newer;
    if (execPath === undefined) {
      leftOut.push(`${name} is left out: ${NEWER_NODE_HINT}`);
      continue;
    }
    versions[name] = createRequire(import.meta.url)(`${name}/package.json`).version;
    contestants.push(
      { name: `${name}, real workers`, measure: npmPackage('./peers/cluster.js', name, execPath) },
      {
        name: `${name}, in one process`,
        measure: npmPackage('./scrape/aggregating.js', name, execPath),
      },
    );
  }
  for (const language of [PYTHON, RUBY]) {
    const interpreter = interpreterOf(language);
    if (interpreter === undefined) {
      leftOut.push(`${language.name} is left out: '${language.install}'`);
      continue;
    }
    contestants.push({
      name: language.name,
      measure: (workload, effort) => inLanguage(language, interpreter, versions, workload, effort),
    });
  }
  return { contestants, leftOut, versions };
}

async function ours(workload: Workload, effort: Effort): Promise<Result> {
  const scene = new Scene('mmap');
  try {
    await scene.leaveDead(workload);
    scene.startProcesses(workload);
    const collector = scene.startCollector();
    await collector.call('compact');
    return await inTurns(
      effort,
      (turn) => scene.change(turn),
      () => collector.call<Scraped>('again'),
    );
  } finally {
    await scene.stop();
  }
}

/** A program that changes all values of a workload and scrapes them with a package of npm's. */
function npmPackage(program: string, name: PackageName, execPath: string): Contestant['measure'] {
  return async (workload, effort) => {
    if (workload.dead !== undefined) return undefined;
    const args = [name, JSON.stringify(workload)];
    const peer = Peer.process(new URL(program, import.meta.url), args, {}, { execPath });
    try {
      return await inTurns(
        effort,
        (turn) => peer.call('change', turn),
        () => peer.call<Scraped>('scrape'),
      );
    } finally {
      await peer.stop();
    }
  };
}

async function inTurns(
  { warmUp, rounds }: Effort,
  change: (turn: number) => Promise<unknown>,
  scrape: () => Promise<Scraped>,
): Promise<Result> {
  const ms: number[] = [];
  let page = '';
  for (let turn = 0; turn < warmUp + rounds; turn++) {
    await change(turn);
    const scraped = await scrape();
    page = scraped.page;
    if (turn >= warmUp) ms.push(scraped.ms);
  }
  return { ms, samples: parsePage(page) };
}

async function inLanguage(
  language: Language,
  interpreter: string,
  versions: Record<string, string>,
  workload: Workload,
  { warmUp, rounds }: Effort,
): Promise<Result> {
  const files = new LanguageFiles(language, interpreter, record(workload, warmUp + rounds));
  try {
    versions[language.name] = files.version;
    const { ms, samples } = files.scrape(warmUp + rounds);
    return { ms: ms.slice(warmUp), samples };
  } finally {
    files.remove();
  }
}

function table(workloads: readonly Workload[], rows: readonly Row[]): Table {
  return {
    title: 'ms per scrape, the page ready to send',
    rows: [
      ['', ...workloads.map(({ name }) => name)],
      ...rows.map(({ name, ms }) => [
        name,
        ...workloads.map((workload) => {
          const samples = ms[workload.name];
          return samples === undefined ? '' : cell(samples);
        }),
      ]),
    ],
  };
}

function plot(workloads: readonly Workload[], rows: readonly Row[]): BarPlot {
  return {
    kind: 'bars',
    name: 'peers',
    title: 'Time of a scrape',
    y: 'ms',
    groups: workloads.map(({ name, procs, dead }) =>
      dead === undefined ? `${name}: ${procs} processes` : `${name}: ${procs}\nand ${dead} dead`,
    ),
    bars: rows.map(({ name, ms }) => ({
      name,
      values: workloads.map((workload) => {
        const samples = ms[workload.name];
        return samples && median(samples);
      }),
    })),
  };
}
