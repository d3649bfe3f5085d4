import { Agent } from 'node:http';
import { collect } from '../../src/index.js';
import type { Fleet } from './fleet.js';
import { request } from './request.js';

/** What the library says of itself: how long this very page took, which files were there. */
const SELF_METRICS = /^(?:# \w+ )?prom_multiproc_.*\n/gm;

/** A page as numbers. */
export interface Page {
  readonly text: string;
  /** By the text before the number: name and labels. */
  readonly samples: ReadonlyMap<string, number>;
  /** The samples that never go down: of counters, histograms and summaries. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The application's metrics as every worker, asked on its own port, and this process show them. */
export async function pagesOfAll(fleet: Fleet): Promise<Map<number, string>> {
  const agent = new Agent();
  const pages = new Map<number, string>();
  for (const { ownPort } of fleet.members) {
    const { pid, status, body } = await request(ownPort, '/metrics', agent);
    if (status !== 200) throw new Error(`worker ${pid} answers /metrics with ${status}: ${body}`);
    pages.set(pid, body.replace(SELF_METRICS, ''));
  }
  pages.set(process.pid, (await collect()).replace(SELF_METRICS, ''));
  return pages;
}

export function parsePage(text: string): Page {
  const samples = new Map<string, number>();
  const counts = new Map<string, number>();
  let type = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('# TYPE ')) type = line.slice(line.lastIndexOf(' ') + 1);
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const value = Number(line.slice(end + 1));
    samples.set(line.slice(0, end), value);
    if (type !== 'gauge') counts.set(line.slice(0, end), value);
  }
  return { text, samples, counts };
}

/** Sum over all series of a sample's name. */
export function total({ samples }: Page, name: string): number {
  let sum = 0;
  for (const [series, value] of samples) if (series.split('{', 1)[0] === name) sum += value;
  return sum;
}
