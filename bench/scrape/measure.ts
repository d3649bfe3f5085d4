/** Scrapes of a workload by both sides, timed, with every page compared. */

import assert from 'node:assert/strict';
import { BACKENDS, type Backend } from '../support/client.js';
import { assertSameSamples, parsePage } from '../support/page.js';
import { Peer } from '../support/peer.js';
import type { Workload } from '../workloads.js';
import { Scene } from './scene.js';

/** Rounds that follow one another with nothing between them but changes of values. */
export const ROUNDS_PER_BATCH = 5;

export interface Effort {
  /** Batches before those that count: what the other writers change is merged by code that is to be compiled, too. */
  readonly warmUpBatches: number;
  /** Batches of `ROUNDS_PER_BATCH` rounds, of which the first of each counts as one after a pause. */
  readonly batches: number;
  /** Milliseconds for which there are more of them, where those are done sooner: what disturbs a machine mostly lasts. */
  readonly leastMs: number;
  /**
   * Scrapes of each side before all batches, until its code is compiled: functions that run once
   * a scrape take thousands. Between ours the scraping process's own values change.
   */
  readonly warmUpScrapes: number;
  /** Milliseconds after which no more of them are made, for each side. */
  readonly warmUpMs: number;
  /** Rounds after them in which series are added: each lays out a new plan, which is no steady state. */
  readonly growing: number;
}
/** Milliseconds, one a round. */
export interface Samples {
  /** prom-client: merging and rendering. */
  readonly aggregate: number[];
  /** prom-client: reading the workers' messages before. */
  readonly parse: number[];
  /** A known collector after every value has changed. */
  readonly changed: number[];
  /** The same, of both sides, when nothing was done for a while: caches are cold. */
  readonly rested: number[];
  readonly restedAggregate: number[];
  /** A known collector after nothing has changed. */
  readonly unchanged: number[];
  /** A known collector after one value in ten has changed. */
  readonly tenth: number[];
  /** A known collector after one process has begun a series. */
  readonly grown: number[];
  /** A new collector in a process that has scraped before. */
  readonly first: number[];
}

export interface Measured {
  readonly workload: Workload;
  readonly samples: Record<Backend, Samples>;
  readonly equal: number;
  readonly bytes: number;
}

interface Page {
  readonly ms: number;
  readonly page: string;
}

interface TheirPage extends Page {
  readonly parseMs: number;
}

/** Milliseconds of the scrapes of a round. */
interface OwnRound {
  readonly changed: number;
  readonly unchanged: number;
  readonly tenth: number;
}

/** Scrapes a workload on both backends, after each of the changes, and compares every page. */
export async function measureScrapes(workload: Workload, effort: Effort): Promise<Measured> {
  const aggregating = new URL('./aggregating.js', import.meta.url);
  const of = { workload, equal: 0, bytes: 0, samples: { mmap: noSamples(), file: noSamples() } };
  for (const backend of BACKENDS) {
    const primary = Peer.process(aggregating, ['prom-client', JSON.stringify(workload)]);
    const scene = new Scene(backend);
    try {
      const serving = scene.startServing(workload);
      const what = `${workload.name}, ${backend}`;
      Object.assign(
        of,
        await measureBackend(what, scene, serving, primary, of.samples[backend], effort),
      );
    } finally {
      await Promise.all([primary.stop(), scene.stop()]);
    }
  }
  return of;
}

async function measureBackend(
  what: string,
  scene: Scene,
  serving: Peer,
  primary: Peer,
  into: Samples,
  effort: Effort,
): Promise<Pick<Measured, 'equal' | 'bytes'>> {
  const found = { equal: 0, bytes: 0 };
  const changeTheirs = (...args: [turn: number, every?: number]) => primary.call('change', ...args);
  const again = () => serving.call<Page>('again');
  const afterChange = async (...args: [turn: number, every?: number]) => {
    await scene.change(...args);
    return serving.call<number>('later', ...args);
  };
  const theirs = () => primary.call<TheirPage>('scrape');
  let turn = 0;
  await warmUp(effort, async () => {
    await serving.call('later', turn);
    await serving.call('pages');
    await primary.call('changeOne', turn++, 0);
  });
  await warmUp(effort, theirs);
  let end = 0;
  const goesOn = (batch: number) => batch < effort.batches || performance.now() < end;
  for (let batch = -effort.warmUpBatches; goesOn(batch); batch++) {
    if (batch === 0) end = performance.now() + effort.leastMs;
    const turns = Array.from({ length: ROUNDS_PER_BATCH }, (_, round) => turn + 2 * round);
    turn += 2 * ROUNDS_PER_BATCH;
    const own: OwnRound[] = [];
    for (const of of turns) {
      const changed = await afterChange(of);
      const unchanged = await serving.call<number>('later');
      own.push({ changed, unchanged, tenth: await afterChange(of + 1, 10) });
    }
    const their: TheirPage[] = [];
    for (const of of turns) {
      await changeTheirs(of);
      their.push(await theirs());
      await changeTheirs(of + 1, 10);
    }
    const last = await theirs();
    // Only now: while pages are compared, the processors forget what they had at hand.
    const pages = await serving.call<string[]>('pages');
    own.forEach(({ changed, unchanged, tenth }, round) => {
      const where = `${what}, batch ${batch}, round ${round}`;
      const aggregate = their[round] as TheirPage;
      const [page = '', same = '', next = ''] = pages.slice(3 * round);
      const before = parsePage(page);
      found.equal = assertSameSamples(parsePage(aggregate.page), before, where);
      assertSameSamples(before, parsePage(same), `${where}, nothing changed`);
      const after = parsePage(next);
      assert.notDeepEqual(after, before, `${where}: a change changes the page`);
      if (round === ROUNDS_PER_BATCH - 1) {
        assertSameSamples(parsePage(last.page), after, `${where}, a tenth changed`);
      }
      found.bytes = Buffer.byteLength(page);
      if (batch < 0) return;
      if (round === 0) {
        into.restedAggregate.push(aggregate.ms);
        into.rested.push(changed);
        return;
      }
      into.aggregate.push(aggregate.ms);
      into.parse.push(aggregate.parseMs);
      into.changed.push(changed);
      into.unchanged.push(unchanged);
      into.tenth.push(tenth);
    });
  }
  let before = parsePage((await again()).page);
  for (let round = 0; round < effort.growing; round++) {
    const where = `${what}, growing round ${round}`;
    await Promise.all([serving.call('grow', turn), primary.call('grow', turn)]);
    turn++;
    const grown = await again();
    const first = await serving.call<Page>('first');
    const all = parsePage(grown.page);
    assert.equal(all.size, before.size + 1, `${where}, a new series`);
    assertSameSamples(all, parsePage(first.page), `${where}, a new collector`);
    if (round === 0) assertSameSamples(parsePage((await theirs()).page), all, where);
    before = all;
    into.grown.push(grown.ms);
    into.first.push(first.ms);
  }
  return found;
}

async function warmUp(effort: Effort, scrape: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + effort.warmUpMs;
  for (let i = 0; i < effort.warmUpScrapes && performance.now() < end; i++) await scrape();
}

function noSamples(): Samples {
  return {
    aggregate: [],
    parse: [],
    changed: [],
    rested: [],
    restedAggregate: [],
    unchanged: [],
    tenth: [],
    grown: [],
    first: [],
  };
}
