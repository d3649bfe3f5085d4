import { existsSync, mkdirSync, rmdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { COMPACT_LOCK_STALE_MS } from '../../src/limits.js';
import { withCompactionLock } from '../../src/processes/compaction-lock.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const MARGIN_MS = 60_000;

function setUp(t: Teardown) {
  const directory = temporaryDirectory(t);
  const lock = join(directory, '.compact.lock');
  return { directory, lock };
}

/** What another process does that takes the lock at this moment. */
function takeLock(lock: string, whenMs = Date.now()): void {
  mkdirSync(lock);
  utimesSync(lock, whenMs / 1000, whenMs / 1000);
}

test('the action runs under the lock, and the lock is gone after it', async (t) => {
  const { directory, lock } = setUp(t);
  const result = await withCompactionLock(directory, (stillMine) => [
    existsSync(lock),
    stillMine(),
  ]);
  t.deepEqual(result, [true, true]);
  t.false(existsSync(lock));
});

test('while another process has the lock nothing is done', async (t) => {
  const { directory, lock } = setUp(t);
  takeLock(lock);
  const result = await withCompactionLock(directory, () => t.fail('ran'));
  t.is(result, undefined);
  t.true(existsSync(lock));
  rmdirSync(lock);
  t.is(await withCompactionLock(directory, () => 'ran'), 'ran');
});

test('of two that ask at once one runs', async (t) => {
  const { directory, lock } = setUp(t);
  const runs: number[] = [];
  const results = await Promise.all(
    [1, 2].map((who) => withCompactionLock(directory, () => runs.push(who))),
  );
  t.true(runs.length >= 1);
  t.is(results.filter((result) => result !== undefined).length, runs.length);
  t.false(existsSync(lock));
});

test('a stale lock is taken over', async (t) => {
  const { directory, lock } = setUp(t);
  takeLock(lock, Date.now() - COMPACT_LOCK_STALE_MS - MARGIN_MS);
  t.is(await withCompactionLock(directory, () => 'ran'), 'ran');
  t.false(existsSync(lock));
});

test('an action that throws gives the lock back', async (t) => {
  const { directory, lock } = setUp(t);
  const broken = new Error('broken');
  const error = await t.throwsAsync(
    withCompactionLock(directory, () => {
      throw broken;
    }),
  );
  t.is(error, broken);
  t.false(existsSync(lock));
});

test('who lost the lock to another process knows, and leaves it to that one', async (t) => {
  const { directory, lock } = setUp(t);
  const result = await withCompactionLock(directory, (stillMine) => {
    const before = stillMine();
    rmdirSync(lock);
    const gone = stillMine();
    takeLock(lock, Date.now() + MARGIN_MS);
    return [before, gone, stillMine()];
  });
  t.deepEqual(result, [true, false, false]);
  t.true(existsSync(lock));
});

test('a directory that is gone is an error of the system', async (t) => {
  const { directory } = setUp(t);
  rmdirSync(directory);
  await t.throwsAsync(
    withCompactionLock(directory, () => t.fail('ran')),
    { code: 'ENOENT' },
  );
});
