// Scrapes what the program `churn` writes, through a collector that stays and through new
// ones, and tells of every value that stands under the label of another.

import process from 'node:process';
import { Collector, type Sample } from '../../src/index.js';

/** What was seen. */
export interface ChurnCatch {
  scrapes: number;
  /** Scrapes that showed other series than the one before. */
  changes: number;
  /** The first few values that cannot be, in words. */
  readonly wrong: string[];
}

const MAX_TOLD = 10;
const [SCRAPES = 0, CHANGES = 0] = process.argv.slice(2).map(Number);
/** Times as many as wanted, after which a writer that does not move is given up. */
const MAX_SCRAPES_SHARE = 100;
/** Every so many scrapes one is made by a collector that has read nothing before. */
const FRESH_EVERY = 4;

const caught: ChurnCatch = { scrapes: 0, changes: 0, wrong: [] };
const steady = new Collector({ compact: false });
let newestBefore = 0;
let keptBefore = 0;

/** A series begins at 0, and is seen there sometimes. */
function isRight({ name, labels, value }: Sample): boolean {
  const counts = name.endsWith('_bucket') || name.endsWith('_count');
  return value === 0 || value === (counts ? 1 : Number(labels.n));
}

function tell(what: string): void {
  if (caught.wrong.length < MAX_TOLD) caught.wrong.push(what);
}

async function scrape(collector: Collector): Promise<void> {
  const families = await collector.collectFamilies();
  let newest = 0;
  let kept = 0;
  for (const { name: family, samples } of families) {
    if (family === 'kept_total') kept = samples[0]?.value ?? 0;
    if (!family.startsWith('churn')) continue;
    for (const sample of samples) {
      newest = Math.max(newest, Number(sample.labels.n));
      if (!isRight(sample)) tell(`${sample.name} of ${sample.labels.n} is ${sample.value}`);
    }
  }
  if (kept < keptBefore) tell(`kept_total is ${kept}, and was ${keptBefore}`);
  if (newest !== newestBefore) caught.changes++;
  keptBefore = kept;
  newestBefore = newest;
  caught.scrapes++;
}

while (caught.scrapes < SCRAPES || caught.changes < CHANGES) {
  if (caught.scrapes > SCRAPES * MAX_SCRAPES_SHARE) throw new Error('the writer stands still');
  if (caught.scrapes % FRESH_EVERY !== 0) await scrape(steady);
  else {
    const fresh = new Collector({ compact: false });
    await scrape(fresh);
    fresh.close();
  }
  // Warnings and messages have their turn.
  await new Promise(setImmediate);
}
steady.close();
process.send?.({ event: caught });
