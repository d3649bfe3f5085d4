// The compactions that a process does of its own accord. Tests are serial: one changes
// the user that the process acts as, and the clock.

import { chmodSync, mkdirSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { BackgroundCompactor, compactOnce } from '../../src/collect/compactor.js';
import { COMPACT_INTERVAL_MS } from '../../src/limits.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { ownIdentity } from '../../src/processes/identity.js';
import type { ThreadState } from '../../src/state.js';
import { expectedBackends, type FileBackendName } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const NOBODY = 65534;

/** With another directory, in which there is nothing. */
class Scene extends CompactionScene {
  readonly elsewhere: string;

  constructor(t: Teardown, backend: FileBackendName) {
    super(t, backend);
    this.elsewhere = temporaryDirectory(t);
  }
}

/** What a compactor needs of a thread's state; `begun` counts compactions. */
function stateOf({ backend }: CompactionScene) {
  const seen = { begun: 0, reported: [] as unknown[] };
  const state = {
    identity: ownIdentity(),
    backend() {
      seen.begun++;
      return { backend, refused: new Map() };
    },
    report: (error: unknown) => void seen.reported.push(error),
  } as unknown as ThreadState;
  return { seen, state };
}

/** Lets what was requested come to its end: compactions elsewhere that begin later end later. */
async function settle(scene: Scene): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate);
    await Promise.allSettled([compactOnce(scene.elsewhere, stateOf(scene).state)]);
  }
}

/** From now on the monotonic clock is ahead by what the returned function is told. */
function movableClock(t: Teardown): (ms: number) => void {
  const now = performance.now;
  let ahead = 0;
  performance.now = () => now.call(performance) + ahead;
  t.teardown(() => {
    performance.now = now;
  });
  return (ms) => {
    ahead += ms;
  };
}

/** Takes the right to write into the directory away: from root too, by acting as nobody. */
function mayOnlyRead(t: Teardown, directory: string): void {
  chmodSync(directory, 0o555);
  t.teardown(() => chmodSync(directory, 0o755));
  if (process.geteuid?.() !== 0) return;
  process.seteuid?.(NOBODY);
  t.teardown(() => process.seteuid?.(0));
}

for (const backend of expectedBackends()) {
  test.serial(`${backend}: a request folds dead writers, and not again at once`, async (t) => {
    const scene = new Scene(t, backend);
    const { seen, state } = stateOf(scene);
    const forward = movableClock(t);
    const compactor = new BackgroundCompactor(state);
    scene.addDead();
    compactor.request(scene.directory);
    compactor.request(scene.directory);
    t.is(seen.begun, 0);
    await settle(scene);
    t.deepEqual(scene.files(), [ARCHIVE_NAME]);
    compactor.request(scene.directory);
    await settle(scene);
    t.is(seen.begun, 1);
    forward(2 * COMPACT_INTERVAL_MS);
    compactor.request(scene.directory);
    await settle(scene);
    t.is(seen.begun, 2);
    t.deepEqual(seen.reported, []);
  });

  test.serial(`${backend}: who may not write gives up for good, and says nothing`, async (t) => {
    const scene = new Scene(t, backend);
    const { seen, state } = stateOf(scene);
    const forward = movableClock(t);
    const { name } = scene.addDead();
    const before = scene.page();
    mayOnlyRead(t, scene.directory);
    t.throws(() => mkdirSync(`${scene.directory}/x`), { code: 'EACCES' });
    const compactor = new BackgroundCompactor(state);
    for (let i = 0; i < 3; i++) {
      compactor.request(scene.directory);
      await settle(scene);
      forward(2 * COMPACT_INTERVAL_MS);
    }
    t.is(seen.begun, 1);
    t.deepEqual(seen.reported, []);
    t.deepEqual(scene.files(), [name]);
    t.is(scene.page(), before);
  });
}

test.serial('a directory that is gone is no trouble', async (t) => {
  const scene = new Scene(t, 'file');
  const { seen, state } = stateOf(scene);
  const compactor = new BackgroundCompactor(state);
  compactor.request(`${scene.directory}/later`);
  await settle(scene);
  t.deepEqual([seen.begun, seen.reported], [1, []]);
});
