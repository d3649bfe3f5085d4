/**
 * Runs the benchmarks: all, or those named; prints tables, and writes results and plots to
 * `bench/results/`. `--smoke` runs each for a moment, to show that it works and that all
 * sides' outputs are equal, and claims nothing about speed. `--peers` adds other clients.
 * `--guard` measures a few ratios instead and fails where one is far from what it was.
 *
 *     npm run bench -- [--smoke] [--peers] [update] ...
 *     npm run bench -- --guard
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blocking } from './blocking.js';
import { first } from './first.js';
import { growth } from './growth.js';
import { guard } from './guard.js';
import { httpMetrics } from './http-metrics.js';
import { memory } from './memory.js';
import { peers } from './peers.js';
import { preload } from './preload.js';
import { sampling } from './sampling.js';
import { scrape } from './scrape.js';
import { startup } from './startup.js';
import { renderPlot, THEMES } from './support/plot.js';
import { type BenchOptions, environment, formatTable, type Report } from './support/report.js';
import { requirementTable } from './support/requirement.js';
import { update } from './update.js';

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  update,
  scrape,
  growth,
  first,
  memory,
  startup,
  sampling,
  preload,
  blocking,
  'http-metrics': httpMetrics,
  peers,
};
const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    smoke: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    guard: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(
    `No benchmark ${unknown.join(', ')}: there is ${Object.keys(BENCHMARKS).join(', ')}`,
  );
  process.exit(2);
}

const facts = environment();
console.log(Object.values(facts).join('; '));
if (values.guard) {
  process.exitCode = (await guard()) ? 0 : 1;
} else {
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    if (!isWanted(name)) continue;
    const report = await benchmark({ smoke: values.smoke });
    console.log(`\n== ${name}\n\n${report.checks.join('\n')}`);
    if (!values.smoke) show(name, report);
  }
}

function isWanted(name: string): boolean {
  if (name === 'peers') return values.peers || positionals.includes(name);
  return positionals.length === 0 ? true : positionals.includes(name);
}

function show(name: string, { tables, requirements = [], plots = [], notes, data }: Report): void {
  for (const table of tables) console.log(`\n${formatTable(table)}`);
  if (requirements.length > 0) console.log(`\n${formatTable(requirementTable(requirements))}`);
  console.log(`\n${notes.join('\n')}`);
  mkdirSync(RESULTS, { recursive: true });
  const results = { ...facts, ...(data as object), requirements };
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(results)}\n`);
  for (const plot of plots) {
    for (const theme of THEMES) {
      writeFileSync(`${RESULTS}${plot.name}-${theme}.svg`, renderPlot(plot, theme));
    }
  }
}
