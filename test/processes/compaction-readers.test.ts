// Readers that are at it while somebody else compacts.

import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene, OpenPage } from '../helpers/compaction-scene.js';
import { openScene } from '../helpers/scene.js';
import { bringToRest, interruptedView } from '../helpers/watched-compaction.js';
import { descriptor, newHolder } from '../helpers/writers.js';

const GENERATIONS = 8;
const DEAD_PER_GENERATION = 3;
const COMPACTOR = fileURLToPath(new URL('../programs/compact-once.js', import.meta.url));

/** A whole compaction by another process, before this call returns. */
function compactNow({ directory, backend }: CompactionScene): void {
  execFileSync(process.execPath, [COMPACTOR, backend.name, directory]);
}

/** A reader under whose look `at`, counted in `looks`, somebody compacts. */
function openInterrupted(t: ExecutionContext, scene: CompactionScene, at: number) {
  const looks = { count: 0 };
  const view = interruptedView(scene, () => {
    looks.count++;
    if (looks.count === at) compactNow(scene);
  });
  t.teardown(() => view.close());
  return { view, reader: new OpenPage(view), looks };
}

for (const backend of expectedBackends()) {
  test(`${backend}: a scan that a compaction falls into is not stable, the next one is right`, (t) => {
    for (const archived of [false, true]) {
      for (let at = 1; ; at++) {
        const scene = new CompactionScene(t, backend);
        scene.addLive();
        scene.addDead();
        if (archived) {
          compactNow(scene);
          scene.addDead();
        }
        const before = scene.page();
        const { view, reader, looks } = openInterrupted(t, scene, at);
        const first = reader.read();
        if (looks.count < at) {
          t.true(at > 2, 'looked at next to nothing');
          t.is(first, before);
          t.true(view.isStable());
          break;
        }
        // The archive is what is looked at first: who opens the new one sees one moment.
        if (view.isStable()) t.is(first, before, `archived ${archived}, at ${at}`);
        t.is(view.isStable(), archived && at === 1, `archived ${archived}, at ${at}`);
        t.is(reader.page(), before, `archived ${archived}, at ${at}`);
        t.deepEqual(scene.errors, []);
      }
    }
  });

  test(`${backend}: so it is when the directory was not listed again, since nothing had changed`, (t) => {
    for (let at = 1; ; at++) {
      const scene = new CompactionScene(t, backend);
      scene.addDead();
      scene.addLive();
      scene.addLive();
      const before = scene.page();
      const { view, reader, looks } = openInterrupted(t, scene, at);
      looks.count = Number.NEGATIVE_INFINITY;
      bringToRest(view);
      looks.count = 0;
      const first = reader.read();
      if (looks.count < at) {
        t.is(first, before);
        t.is(looks.count, 2, 'at the lock of each that lives');
        t.true(view.isStable());
        break;
      }
      t.false(view.isStable(), `at ${at}`);
      t.is(reader.page(), before, `at ${at}`);
      t.deepEqual(scene.errors, []);
    }
  });

  for (const resting of [false, true])
    test(`${backend}: what was read ${resting ? 'of a directory at rest ' : ''}before a compaction and is merged after it is not stable`, (t) => {
      const scene = new CompactionScene(t, backend);
      scene.addLive();
      const { view } = scene.open();
      for (let generation = 0; generation < 3; generation++) {
        scene.addDead();
        view.scan();
        if (resting) bringToRest(view);
        t.true(view.isStable());
        compactNow(scene);
        t.false(view.isStable());
        view.scan();
        t.true(view.isStable());
      }
      t.deepEqual(scene.errors, []);
    });

  test.serial(
    `${backend}: of pages made without pause during many compactions none shows less`,
    async (t) => {
      const { dir, reader } = openScene(t, backend);
      const scene = new CompactionScene(t, backend, dir);
      let expected = 0;
      let compacting = true;
      const scrape = async (fresh: boolean) => {
        let seen = 0;
        while (compacting) {
          const page = fresh ? await reader.collectorPage({ dir }) : await reader.collect();
          const value = Number(/^requests_total (\d+)$/m.exec(page)?.[1] ?? 0);
          t.true(value >= seen, `${value} after ${seen}`);
          t.true(value <= expected, `${value}, and only ${expected} were counted`);
          seen = value;
        }
      };
      const scrapes = [scrape(false), scrape(true)];
      for (let generation = 1; generation <= GENERATIONS; generation++) {
        for (let i = 0; i < DEAD_PER_GENERATION; i++) {
          expected++;
          scene.addDead((writer) => {
            writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [1]);
          });
        }
        // The scraping process compacts too: whoever is first.
        await scene.compact();
        // Those that scrape get on meanwhile.
        await reader.collect();
      }
      compacting = false;
      await Promise.all(scrapes);
      t.regex(await reader.collect(), new RegExp(`^requests_total ${expected}$`, 'm'));
      t.true(scene.files().includes(ARCHIVE_NAME));
      t.deepEqual(await reader.warnings(), []);
    },
  );
}
