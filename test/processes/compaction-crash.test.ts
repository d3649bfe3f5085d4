// A compactor that is killed between any two of its changes to files.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { UNFINISHED_FILE_AGE_MS } from '../../src/limits.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { startProgram } from '../helpers/programs.js';

/** A compaction that makes no more changes than this never got to its end. */
const MIN_CHANGES = 12;

for (const backend of expectedBackends()) {
  test.serial(`${backend}: wherever a compactor is killed, every value counts once`, async (t) => {
    const crash = async (change: number): Promise<boolean> => {
      const scene = new CompactionScene(t, backend);
      scene.addDead();
      await scene.compact();
      scene.addDead();
      scene.addDead();
      const live = scene.addLive();
      const open = scene.open();
      const before = open.page();

      const compactor = startProgram(t, 'compact-until', [
        backend,
        scene.directory,
        String(change),
      ]);
      const [code, signal] = await once(compactor, 'exit');
      const killed = signal === 'SIGKILL';
      t.is(killed ? 0 : code, 0, `change ${change}`);
      t.is(scene.page(), before, `new reader, change ${change}`);
      t.is(open.page(), before, `open reader, change ${change}`);

      // Its lock would be stale in a while.
      rmSync(join(scene.directory, '.compact.lock'), { recursive: true, force: true });
      t.truthy(await scene.compact({ laterMs: 2 * UNFINISHED_FILE_AGE_MS }));
      t.is(scene.page(), before, `next compaction, change ${change}`);
      t.is(open.page(), before, `next compaction, open reader, change ${change}`);
      t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort(), `change ${change}`);
      t.deepEqual(scene.errors, [], `change ${change}`);
      return killed;
    };

    let change = 1;
    while (await crash(change)) change++;
    t.log(`${change - 1} changes`);
    t.true(change > MIN_CHANGES, `only ${change - 1} changes`);
  });
}
