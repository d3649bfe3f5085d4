/**
 * A scraper of the soak: makes pages without pause and holds every counter to its rule,
 * never to go down. Sends what it has seen when it is told to stop.
 */

import { setImmediate } from 'node:timers/promises';
import { Collector } from '../../src/index.js';

export interface ScraperReport {
  readonly scrapes: number;
  readonly lowestMs: number;
  readonly highestMs: number;
  readonly violations: readonly string[];
}

const COUNTING = /^soak_(increments_total|size_(bucket|count))/;
const MAX_VIOLATIONS = 20;

const collector = new Collector({ selfMetrics: false });
const highest = new Map<string, number>();
const violations: string[] = [];
let scrapes = 0;
let lowestMs = Number.POSITIVE_INFINITY;
let highestMs = 0;
let stopped = false;
process.on('message', () => {
  stopped = true;
});
process.send?.('ready');

while (!stopped) {
  const begin = performance.now();
  const page = await collector.collect();
  const elapsed = performance.now() - begin;
  lowestMs = Math.min(lowestMs, elapsed);
  highestMs = Math.max(highestMs, elapsed);
  scrapes++;
  const seen = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (!COUNTING.test(line)) continue;
    const space = line.lastIndexOf(' ');
    seen.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  for (const [name, before] of highest) {
    const now = seen.get(name) ?? 0;
    if (now < before && violations.length < MAX_VIOLATIONS) {
      violations.push(`${name} went from ${before} to ${now} in scrape ${scrapes}`);
    }
  }
  for (const [name, value] of seen) highest.set(name, value);
  await setImmediate();
}

const report: ScraperReport = { scrapes, lowestMs, highestMs, violations };
process.send?.(report);
process.disconnect();
