/**
 * Runs the benchmarks: all, or those named. `--smoke` runs each for a moment, to show
 * that it works and that both sides' outputs are equal, and claims nothing about speed.
 *
 *     npm run bench -- [--smoke] [update] ...
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { preload } from './preload.js';
import { sampling } from './sampling.js';
import { scrape } from './scrape.js';
import { startup } from './startup.js';
import { type BenchOptions, environment, formatTable, type Report } from './support/report.js';
import { update } from './update.js';

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  update,
  scrape,
  startup,
  sampling,
  preload,
};
const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));

const { values, positionals } = parseArgs({
  options: { smoke: { type: 'boolean', default: false } },
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
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { checks, tables, notes, data } = await benchmark({ smoke: values.smoke });
  console.log(`\n== ${name}\n\n${checks.join('\n')}`);
  if (values.smoke) continue;
  for (const table of tables) console.log(`\n${formatTable(table)}`);
  console.log(`\n${notes.join('\n')}`);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify({ ...facts, ...(data as object) })}\n`);
}
