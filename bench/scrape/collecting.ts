import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Collector, compact } from '../../src/index.js';
import { longestBlock } from '../support/blocks.js';
import { answer } from '../support/peer.js';

/** The process that serves the page, on the backend that its environment names. */
const open = () => new Collector({ selfMetrics: false });
const kept = open();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

answer({
  /** A scrape by a collector that has seen the directory before. */
  again: () => timed(kept),
  /** The first scrape of a collector. */
  async first() {
    const collector = open();
    try {
      return await timed(collector);
    } finally {
      collector.close();
    }
  },
  /** Folds all dead writers. */
  compact: () => compact(),
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
  blocked: () => longestBlock(async () => (await kept.collectBytes()).length),
  /** The same where nothing is done for so long: what the machine itself holds up. */
  idle: (ms: number) => longestBlock(() => new Promise((resolve) => setTimeout(resolve, ms, 1))),
});

async function timed(collector: Collector): Promise<{ ms: number; page: string }> {
  const begin = performance.now();
  const page = await collector.collectBytes();
  return { ms: performance.now() - begin, page: page.toString() };
}

function keptBytes(): number {
  collectGarbage();
  collectGarbage();
  return heldBytes();
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
