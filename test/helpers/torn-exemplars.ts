// What the hunt for torn exemplars gives, and how it reads them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Exemplar } from '../../src/model/exemplar.js';
import { FileSource } from '../../src/processes/file-source.js';
import { type FileBackendName, loadBackend } from './backends.js';

/** Few, so that each is written all the time; more than lie in one page of memory. */
export const EXEMPLARS = 29;

const LONGEST = 80;

/** Labels of the exemplar of this number, of another length than those of the one before. */
export function exemplarLabels(number: number): Record<string, string> {
  return { first: `${number}`, pad: 'x'.repeat(number % LONGEST), last: `${number}` };
}

/** What was read and what of it was wrong. */
export interface CaughtExemplars {
  reads: number;
  /** Readings that gave another exemplar than the one before of the same series. */
  changes: number;
  /** Readings that gave none: written all the while, or torn and found out. */
  none: number;
  /** The first few, in words. */
  readonly wrong: string[];
}

const MAX_TOLD = 10;

/** A hunt that saw the writer move fewer times has hunted nothing. */
const MIN_CHANGES = 3000;

/** Reads what the program `torn-exemplars` writes into `dir`, `reads` times and until it was seen to move. */
export function huntExemplars(
  dir: string,
  backend: FileBackendName,
  reads: number,
): CaughtExemplars {
  const [name, ...others] = readdirSync(dir).filter((file) => file.endsWith('.pmp'));
  if (name === undefined || others.length > 0) throw new Error(`not one file in ${dir}`);
  const source = FileSource.open(loadBackend(backend), join(dir, name));
  const result: CaughtExemplars = { reads: 0, changes: 0, none: 0, wrong: [] };
  try {
    source.update();
    const slots = source.contents.series.flatMap(({ exemplarSlots = [] }) => exemplarSlots);
    if (slots.length !== EXEMPLARS) throw new Error(`${slots.length} exemplars`);
    const entries = slots.map((slot) => source.exemplar(slot as number));
    const last = new Map<object, Exemplar>();
    while (result.reads < reads || result.changes < MIN_CHANGES) {
      if (result.reads > reads * 1000) throw new Error('the writer stands still');
      source.update();
      for (const entry of entries) {
        result.reads++;
        const exemplar = entry.read();
        if (exemplar === undefined) result.none++;
        else if (exemplar !== last.get(entry)) {
          result.changes++;
          last.set(entry, exemplar);
          if (!agrees(exemplar) && result.wrong.length < MAX_TOLD) {
            result.wrong.push(JSON.stringify(exemplar));
          }
        }
      }
    }
  } finally {
    source.reader.close();
  }
  return result;
}

function agrees({ labels, value, timeMs }: Exemplar): boolean {
  return (
    timeMs === value &&
    JSON.stringify(Object.fromEntries(labels)) === JSON.stringify(exemplarLabels(value))
  );
}
