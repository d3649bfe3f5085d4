// compact() and resetDirectory(), as an application or a start script calls them. In
// this process, which has one backend: what depends on it is tested where it is.

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { compact, DirectoryError, resetDirectory } from '../../src/index.js';
import { MAX_ABSORBED_AT_ONCE } from '../../src/limits.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import type { Writer } from '../../src/store/writer.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { withFailingCall } from '../helpers/failing-calls.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, newHolder } from '../helpers/writers.js';

function countOne(writer: Writer): void {
  writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [1]);
}

for (const backend of expectedBackends()) {
  test(`${backend}: compact folds all dead writers, however many`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const dead = 2 * MAX_ABSORBED_AT_ONCE + 1;
    for (let i = 0; i < dead; i++) scene.addDead(countOne);
    const live = scene.addLive(countOne);
    t.is(await compact(scene.directory), dead);
    t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort());
    t.regex(scene.page(), new RegExp(`^requests_total ${dead + 1}$`, 'm'));
    t.is(await compact(scene.directory), 0);
  });

  test(`${backend}: resetDirectory forgets the dead and the archive, and no live writer`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const open = scene.open();
    scene.addDead();
    await compact(scene.directory);
    const live = scene.addLive(countOne);
    scene.addDead(countOne);
    scene.addDead(countOne);
    t.regex(open.page(), /^requests_total 3$/m);
    writeFileSync(join(scene.directory, 'README'), 'not ours');
    t.is(await resetDirectory(scene.directory), 3);
    t.deepEqual(scene.files(), [live.name, 'README'].sort());
    t.regex(open.page(), /^requests_total 1$/m);
    t.notRegex(open.page(), /plain_total/);
    t.is(await resetDirectory(scene.directory), 0);
  });
}

test.serial('resetDirectory goes on where another process removes a file first', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const dead = [scene.addDead(countOne), scene.addDead(countOne)].map(({ path }) => path).sort();
  const removed = await withFailingCall(
    'unlinkSync',
    'ENOENT',
    (path) => path === dead[0],
    () => resetDirectory(scene.directory),
  );
  t.is(removed, 1);
  t.deepEqual(scene.files(), [basename(dead[0] as string)]);
});

test('while another process compacts, compact does nothing and resetDirectory says so', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const dead = scene.addDead(countOne);
  mkdirSync(join(scene.directory, '.compact.lock'));
  t.is(await compact(scene.directory), 0);
  const error = await t.throwsAsync(resetDirectory(scene.directory), { code: 'ELOCKED' });
  t.true(error.message.includes(scene.directory));
  t.deepEqual(scene.files(), ['.compact.lock', dead.name]);
});

for (const [name, call] of Object.entries({ compact, resetDirectory })) {
  test(`${name} of a directory that is none is a typed error`, async (t) => {
    const missing = join(temporaryDirectory(t), 'missing');
    const error = await t.throwsAsync(call(missing), { instanceOf: DirectoryError });
    t.is(error.path, missing);
    const file = join(temporaryDirectory(t), 'file');
    writeFileSync(file, '');
    await t.throwsAsync(call(file), { instanceOf: DirectoryError });
  });

  test(`${name} without any directory says which variable to set`, async (t) => {
    t.is(process.env.PROMETHEUS_MULTIPROC_DIR, undefined);
    const error = await t.throwsAsync(call(), { instanceOf: DirectoryError });
    t.regex(error.message, /PROMETHEUS_MULTIPROC_DIR/);
  });
}
