/**
 * How does a scrape grow? Milliseconds against live slots and against bytes of the page,
 * from 1 to 256 writers and from 100 to 100,000 series, every value changed in between.
 * Writers are threads, 32 a process at most: to a reader they are what processes are.
 */

import { record } from './scrape/record.js';
import { Scene } from './scrape/scene.js';
import { assertSameSamples, parsePage } from './support/page.js';
import type { LinePlot } from './support/plot.js';
import { mergedSamples } from './support/recorder.js';
import { type BenchOptions, cell, figures, type Report } from './support/report.js';
import type { Requirement } from './support/requirement.js';
import { median } from './support/statistics.js';
import { seriesOf, slotsOf, W1, type Workload } from './workloads.js';

const SERIES_PROCS = 8;
const FULL = {
  rounds: 15,
  warmUp: 8,
  procs: [1, 4, 16, 64, 256],
  series: [100, 1_000, 10_000, 100_000],
};
const SMOKE = { rounds: 1, warmUp: 1, procs: [1, 3], series: [100, 200] };

/**
 * How many times more a slot may cost at the largest size than at the one before. Time
 * that grows with the square of the size would give 4 and 10.
 */
const LINEAR_LIMIT = 2;

interface Point {
  readonly workload: Workload;
  readonly series: number;
  readonly slots: number;
  readonly bytes: number;
  readonly ms: readonly number[];
}

interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

export async function growth({ smoke }: BenchOptions): Promise<Report> {
  const effort = smoke ? SMOKE : FULL;
  const more = { processes: [] as Point[], series: [] as Point[] };
  for (const procs of effort.procs) {
    more.processes.push(await measure({ ...W1, name: `${procs} processes`, procs }, effort));
  }
  for (const series of effort.series) {
    more.series.push(await measure(ofCounters(series), effort));
  }
  const lines: Line[] = [
    { name: `1 to ${effort.procs.at(-1)} processes of 300 series`, points: more.processes },
    {
      name: `${SERIES_PROCS} processes, 100 to ${effort.series.at(-1)} series`,
      points: more.series,
    },
  ];
  const points = lines.flatMap((line) => line.points);
  return {
    checks: points.map(
      ({ workload: { name }, series }) => `${name}: the page has the sums of all ${series} series`,
    ),
    tables: lines.map(({ name, points }) => ({
      title: `${name}; every value changed between two scrapes`,
      rows: [
        ['', 'live slots', 'page, KiB', 'ms', 'ns a slot', 'ns a byte'],
        ...points.map(({ workload, slots, bytes, ms }) => {
          const ns = median(ms) * 1e6;
          const each = [figures(ns / slots), figures(ns / bytes)];
          return [workload.name, String(slots), figures(bytes / 1024), cell(ms), ...each];
        }),
      ],
    })),
    requirements: lines.map(linear),
    plots: [
      plot('slots', 'live slots', lines, ({ slots }) => slots),
      plot('bytes', 'bytes of the page', lines, ({ bytes }) => bytes),
    ],
    notes: [
      `Medians of ${effort.rounds} rounds (in brackets: least and most).`,
      'A process of 300 series: 200 of counters, 50 of a gauge, 50 of a histogram with 11 buckets. More series are of counters.',
    ],
    data: { effort, lines },
  };
}

/** A workload of counters alone, as many series in each of several processes. */
function ofCounters(series: number): Workload {
  const none = [0, 0] as const;
  return {
    name: `${series} series`,
    procs: SERIES_PROCS,
    counters: [1, series],
    gauges: none,
    histograms: none,
  };
}

async function measure(workload: Workload, effort: typeof FULL): Promise<Point> {
  const scene = new Scene('mmap');
  try {
    scene.startThreads(workload);
    const collector = scene.startCollector();
    const ms: number[] = [];
    let page = '';
    const rounds = effort.warmUp + effort.rounds;
    for (let turn = 0; turn < rounds; turn++) {
      await scene.change(turn);
      const scraped = await collector.call<{ ms: number; page: string }>('again');
      page = scraped.page;
      if (turn >= effort.warmUp) ms.push(scraped.ms);
    }
    const samples = parsePage(page);
    assertSameSamples(mergedSamples(record(workload, rounds)), samples, workload.name);
    return {
      workload,
      series: seriesOf(workload),
      slots: slotsOf(workload) * workload.procs,
      bytes: Buffer.byteLength(page),
      ms,
    };
  } finally {
    await scene.stop();
  }
}

function linear({ name, points }: Line): Requirement {
  const perSlot = points.map(({ ms, slots }) => median(ms) / slots);
  return {
    what: `${name}: cost of a slot, the most against the size before`,
    found: (perSlot.at(-1) as number) / (perSlot.at(-2) as number),
    atMost: LINEAR_LIMIT,
    unit: 'x',
  };
}

function plot(
  name: string,
  x: string,
  lines: readonly Line[],
  pick: (point: Point) => number,
): LinePlot {
  return {
    kind: 'lines',
    name: `growth-${name}`,
    title: `Time of a scrape against ${x}`,
    x,
    y: 'ms',
    lines: lines.map(({ name, points }) => ({
      name,
      points: points.map((point) => [pick(point), median(point.ms)] as const),
    })),
  };
}
