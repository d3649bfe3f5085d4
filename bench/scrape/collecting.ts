import { Collector } from '../../src/index.js';
import { answer } from '../support/peer.js';

/** The process that serves the page, on the backend that its environment names. */
const open = () => new Collector({ selfMetrics: false });
const kept = open();

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
});

async function timed(collector: Collector): Promise<{ ms: number; page: string }> {
  const begin = performance.now();
  const page = await collector.collectBytes();
  return { ms: performance.now() - begin, page: page.toString() };
}
