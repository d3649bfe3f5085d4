// Readers that a compaction overtakes in the middle of a scan.

import { copyFileSync, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene, OpenPage } from '../helpers/compaction-scene.js';
import { atEveryChange } from '../helpers/every-change.js';
import {
  addCounting,
  BEGINNINGS,
  copyOf,
  fillWithLittle,
  interruptedView,
  withoutTicks,
} from '../helpers/watched-compaction.js';

/** Does to a directory what a compaction does that readers can see: a renaming or a removal. */
type VisibleChange = (directory: string) => void;

/** A directory before a compaction, with the next archive beside what is there, and what the compaction did then. */
async function recordCompaction(
  scene: CompactionScene,
  origin: CompactionScene,
): Promise<VisibleChange[]> {
  const changes: VisibleChange[] = [];
  await atEveryChange(
    scene.backend,
    ({ call, args }) => {
      const name = basename(String(args[0]));
      if (call === 'unlinkSync') changes.push((dir) => unlinkSync(join(dir, name)));
      if (call === 'renameSync') {
        copyFileSync(String(args[0]), join(origin.directory, name));
        changes.push((dir) => renameSync(join(dir, name), join(dir, ARCHIVE_NAME)));
      }
    },
    (watched) => scene.compact({ backend: watched }),
  );
  return changes;
}

for (const backend of expectedBackends()) {
  for (const [beginning, begin] of Object.entries(BEGINNINGS)) {
    test.serial(
      `${backend}: whatever part of a compaction ${beginning} falls into a scan, it is right or begins again`,
      async (t) => {
        const scene = new CompactionScene(t, backend);
        await begin(scene);
        for (let i = 0; i < 2; i++) scene.addDead(fillWithLittle);
        const live = addCounting(scene).name;
        const before = withoutTicks(scene.page());
        const origin = copyOf(t, scene, live);
        const changes = await recordCompaction(scene, origin);
        t.true(changes.length >= 3, `only ${changes.length} changes`);
        t.deepEqual(readdirSync(scene.directory).sort(), [live, ARCHIVE_NAME].sort());

        let scans = 0;
        /** Whether a scan that comes after `first` changes looks so often that others come before its look `at`. */
        const scanIsRight = (first: number, last: number, at: number): boolean => {
          scans++;
          const where = `changes ${first} to ${last} at look ${at}`;
          const copy = copyOf(t, origin, live);
          for (const change of changes.slice(0, first)) change(copy.directory);
          let looks = 0;
          const view = interruptedView(copy, () => {
            looks++;
            if (looks !== at) return;
            for (const change of changes.slice(first, last)) change(copy.directory);
          });
          const reader = new OpenPage(view);
          const shown = withoutTicks(reader.read());
          const interrupted = looks >= at;
          if (view.isStable()) t.is(shown, before, where);
          else t.true(interrupted, where);
          if (interrupted) t.is(withoutTicks(reader.page()), before, `${where}, again`);
          t.deepEqual(copy.errors, [], where);
          view.close();
          rmSync(copy.directory, { recursive: true });
          return interrupted;
        };
        for (let first = 0; first < changes.length; first++) {
          for (let last = first + 1; last <= changes.length; last++) {
            let at = 1;
            while (scanIsRight(first, last, at)) at++;
          }
        }
        t.log(`${scans} scans`);
      },
    );
  }
}
