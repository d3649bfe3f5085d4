// Every prefix of what a compaction changes: before each call that changes files, and each
// word that it publishes, the directory is as a crash there would leave it. Checked is
// that in every such state
//
// - a reader that comes now, and those that came at any state before, show every value once;
// - a reader that read at one state and ends at a later one shows every value once, or
//   knows that it must begin again;
// - the next compaction ends with every value once, and no file of the dead left.

import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { DirectoryView } from '../../src/collect/directory-view.js';
import { FORMATS } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import { UNFINISHED_FILE_AGE_MS } from '../../src/limits.js';
import { planMerge } from '../../src/merge/plan.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene, type OpenPage } from '../helpers/compaction-scene.js';
import { atEveryChange, type Change } from '../helpers/every-change.js';
import {
  addCounting,
  BEGINNINGS,
  copyOf,
  fillWithLittle,
  withoutTicks,
} from '../helpers/watched-compaction.js';

/** A compaction with fewer prefixes was not watched. */
const MIN_PREFIXES = 40;

/** A reader that has read, and not yet looked whether files moved meanwhile. */
class Reading {
  readonly #view: DirectoryView;
  readonly #begunAt: string;

  constructor(scene: CompactionScene, begunAt: string) {
    this.#view = scene.open().view;
    this.#view.scan();
    this.#begunAt = begunAt;
  }

  /** A page, where the reader takes what it has read for one; without what changes all the time. */
  end(): string | undefined {
    const plan = planMerge(this.#view.sources);
    plan.run();
    if (!this.#view.isStable()) return undefined;
    return withoutTicks(new PageRenderer(FORMATS.text).render(plan.families).toString());
  }

  toString(): string {
    return this.#begunAt;
  }
}

for (const backend of expectedBackends()) {
  for (const [beginning, begin] of Object.entries(BEGINNINGS)) {
    test.serial(
      `${backend}: every prefix of a compaction ${beginning} counts every value once`,
      async (t) => {
        const scene = new CompactionScene(t, backend);
        await begin(scene);
        for (let i = 0; i < 3; i++) scene.addDead(fillWithLittle);
        const live = addCounting(scene);
        const before = withoutTicks(scene.page());
        const readers: OpenPage[] = [];
        const readings: Reading[] = [];
        const crashes: CompactionScene[] = [];
        const changes: Change[] = [];

        const look = (change: Change) => {
          const at = `before ${changes.length}, ${change.call}`;
          changes.push(change);
          const ticks = live.count();
          const shows = (page: string, who: string) => {
            t.is(withoutTicks(page), before, `${who}, ${at}`);
            t.regex(page, new RegExp(`^ticks_total ${ticks}$`, 'm'), `${who}, ${at}`);
          };
          shows(scene.page(), 'new reader');
          for (const reader of readers) shows(reader.page(), 'open reader');
          for (const reading of readings) {
            const page = reading.end();
            if (page !== undefined) t.is(page, before, `read ${reading}, ended ${at}`);
          }
          crashes.push(copyOf(t, scene, live.name));
          // All that a reader can see of the others is the same as before them.
          if (change.call === 'store') return;
          readers.push(scene.open());
          readings.push(new Reading(scene, at));
        };
        const result = await atEveryChange(scene.backend, look, (watched) =>
          scene.compact({ backend: watched }),
        );
        t.deepEqual(result, { absorbed: 3, left: 0 });
        look({ call: 'nothing', args: [] });
        t.log(`${changes.length} prefixes`);
        t.true(changes.length > MIN_PREFIXES, `only ${changes.length} prefixes`);
        t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort());

        for (const [i, crashed] of crashes.entries()) {
          const open = crashed.open();
          t.is(withoutTicks(open.page()), before, `after ${i}`);
          t.truthy(await crashed.compact({ laterMs: 2 * UNFINISHED_FILE_AGE_MS }));
          t.is(withoutTicks(crashed.page()), before, `next compaction, after ${i}`);
          t.is(withoutTicks(open.page()), before, `next compaction, open reader, after ${i}`);
          t.deepEqual(crashed.files(), scene.files(), `after ${i}`);
          t.deepEqual(crashed.errors, [], `after ${i}`);
          open.view.close();
          rmSync(crashed.directory, { recursive: true });
        }
        t.deepEqual(scene.errors, []);
        isSyncedBeforeItsName(t, changes);
      },
    );
  }
}

/** What an archive holds reaches the disk before it takes the place of the one before. */
function isSyncedBeforeItsName(t: ExecutionContext, changes: readonly Change[]): void {
  const calls = changes.map(({ call }) => call);
  const named = changes.findIndex(({ call, args }) => {
    return call === 'renameSync' && basename(String(args[1])) === ARCHIVE_NAME;
  });
  const synced = calls.lastIndexOf('fsyncSync', named);
  t.true(synced > 0 && named > synced);
  for (const writing of ['store', 'extend', 'flush', 'writeSync']) {
    t.true(calls.lastIndexOf(writing, named) < synced, `${writing} after the sync`);
  }
}
