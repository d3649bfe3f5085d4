import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Collector, Page } from '../../src/index.js';
import { longestBlock } from '../support/blocks.js';
import { loadClient, loadOurs } from '../support/client.js';
import { answer } from '../support/peer.js';
import type { Workload } from '../workloads.js';
import { application } from './application.js';

/**
 * The process that serves the page, on the backend that its environment names. With a
 * workload and a number it is that process of the workload too.
 */
const [workload, proc] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  Workload?,
  number?,
];
const own =
  workload === undefined
    ? undefined
    : application(await loadClient('mmap'), workload, proc as number);
const ours = await loadOurs();
const open = () => new ours.Collector({ selfMetrics: false });
const kept = open();
const unsent: Buffer[] = [];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

answer({
  /** A scrape by a collector that has seen the directory before. */
  again: () => sent(kept),
  /**
   * Milliseconds of a scrape after this process has changed its values, or nothing where no
   * turn is given. The page stays here: sending it would cost the next scrape its caches.
   */
  async later(turn?: number, every?: number): Promise<number> {
    if (turn !== undefined) {
      own?.change(turn, every);
      await setImmediate();
    }
    const { ms, page } = await timed(kept);
    unsent.push(Buffer.from(page.bytes));
    page.release();
    return ms;
  },
  /** The pages that stayed here. */
  pages: () => unsent.splice(0).map(String),
  async grow(turn: number) {
    own?.grow(turn);
    await setImmediate();
  },
  /** The first scrape of a collector. */
  async first() {
    const collector = open();
    try {
      return await sent(collector);
    } finally {
      collector.close();
    }
  },
  /** Folds all dead writers. */
  compact: () => ours.compact(),
  /** Bytes that this process keeps on the JavaScript heap and beside it. */
  kept: () => keptBytes(),
  /** Bytes that a scrape takes besides the page, and the page's own. */
  async allocated(): Promise<{ pageBytes: number; besideBytes: number }> {
    keptBytes();
    const before = heldBytes();
    const page = await kept.collectBytes();
    return { pageBytes: page.length, besideBytes: heldBytes() - before - page.length };
  },
  /** How long a scrape keeps the event loop from turning, and how long it took. */
  blocked: () =>
    longestBlock(async () => {
      const page = await kept.collectPage();
      page.release();
      return page.bytes.length;
    }),
  /** The same where nothing is done for so long: what the machine itself holds up. */
  idle: (ms: number) => longestBlock(() => new Promise((resolve) => setTimeout(resolve, ms, 1))),
});

/** A page as servers get it. */
async function timed(collector: Collector): Promise<{ ms: number; page: Page }> {
  const begin = performance.now();
  const page = await collector.collectPage();
  return { ms: performance.now() - begin, page };
}

/** The same, as it can be sent. */
async function sent(collector: Collector): Promise<{ ms: number; page: string }> {
  const { ms, page } = await timed(collector);
  const text = page.bytes.toString();
  page.release();
  return { ms, page: text };
}

function keptBytes(): number {
  collectGarbage();
  collectGarbage();
  return heldBytes();
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external - mappedBytes();
}

/** What is mapped of metrics files: external to the heap, and the writers' memory. */
function mappedBytes(): number {
  const mapped = readFileSync('/proc/self/maps', 'latin1').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) .*\.pmp$/gm,
  );
  let bytes = 0;
  for (const [, begin = '', end = ''] of mapped) {
    bytes += Number.parseInt(end, 16) - Number.parseInt(begin, 16);
  }
  return bytes;
}
