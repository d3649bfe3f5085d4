// Writers and readers in pid namespaces of their own, as containers on one volume are:
// a pid means something else to each of them, and pids are used again at once.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { HEARTBEAT_AT } from '../../src/format/layout.js';
import { ABSORB_AFTER_MS, STALE_AFTER_MS } from '../../src/limits.js';
import { nowMs } from '../../src/processes/clock.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { eventually } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import {
  AS_PID_1_WITHOUT_PROC,
  requirePidNamespaces,
  startAsPid1,
  startWithPid,
} from '../helpers/namespaces.js';
import { patchFile } from '../helpers/patch-file.js';
import { openScene, type Writer } from '../helpers/scene.js';

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

/** A pid that nothing in a new namespace comes near to by itself. */
const WANTED_PID = 30_000;

if (process.platform === 'linux') test.before(requirePidNamespaces);

async function count(writer: Writer, counter: number, gauge: number): Promise<void> {
  await writer.make('Counter', { name: 'c_total' });
  await writer.call('c_total', 'inc', counter);
  await writer.make('Gauge', { name: 'g' });
  await writer.call('g', 'set', gauge);
}

/** Whose gauges are on the page, and how much was counted. */
async function shown(reader: Writer): Promise<{ c: number | undefined; g: number | undefined }> {
  return { c: await reader.value('c_total'), g: await reader.value('g') };
}

function values(page: string): { c: number | undefined; g: number | undefined } {
  const value = (name: string) => {
    const found = new RegExp(`^${name} (.+)$`, 'm').exec(page)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return { c: value('c_total'), g: value('g') };
}

/** Makes a writer that is gone one that was last heard of so long ago. */
function age(path: string, ms: number): void {
  patchFile(path, HEARTBEAT_AT, new Uint8Array(new Float64Array([nowMs() - ms]).buffer));
}

for (const backend of expectedBackends()) {
  const locks = backend === 'mmap';
  const by = locks ? 'its lock' : 'its heartbeat, for want of a lock,';

  onLinux(`${backend}: of a writer in another pid namespace ${by} tells`, async (t) => {
    const { dir, env, reader } = openScene(t, backend);
    const writer = startAsPid1(t, env);
    await count(writer, 2, 5);
    const scene = new CompactionScene(t, backend, dir);
    t.deepEqual(scene.files().length, 1);
    t.regex(scene.files()[0] as string, /^1-0-/);
    t.deepEqual(await shown(reader), { c: 2, g: 5 });
    const silence = 2 * ABSORB_AFTER_MS;
    if (locks) {
      t.deepEqual(values(scene.page(silence)), { c: 2, g: 5 });
      t.deepEqual(await scene.compact({ laterMs: silence }), { absorbed: 0, left: 0 });
    } else {
      t.deepEqual(values(scene.page(STALE_AFTER_MS + 1)), { c: 2, g: undefined });
    }
    await writer.call('c_total', 'inc', 1);
    t.deepEqual(await shown(reader), { c: 3, g: 5 });

    await writer.kill();
    const laterMs = locks ? 0 : ABSORB_AFTER_MS + 1;
    t.deepEqual(values(scene.page()), { c: 3, g: locks ? undefined : 5 });
    t.deepEqual(values(scene.page(laterMs)), { c: 3, g: undefined });
    t.deepEqual(await shown(reader), { c: 3, g: locks ? undefined : 5 });
    await scene.compact({ laterMs });
    t.deepEqual(values(scene.page()), { c: 3, g: undefined });
    t.deepEqual(await shown(reader), { c: 3, g: undefined });
    t.deepEqual(scene.errors, []);
  });

  onLinux(`${backend}: to a reader in another pid namespace ${by} tells of a writer`, async (t) => {
    const { dir, env, start } = openScene(t, backend);
    const writer = start();
    await count(writer, 2, 5);
    const [file] = readdirSync(dir) as [string];
    const reader = startAsPid1(t, env);
    t.deepEqual(await shown(reader), { c: 2, g: 5 });
    await writer.kill();
    if (!locks) {
      t.deepEqual(await shown(reader), { c: 2, g: 5 });
      age(join(dir, file), STALE_AFTER_MS + 1);
    }
    t.deepEqual(await shown(reader), { c: 2, g: undefined });
    if (!locks) age(join(dir, file), ABSORB_AFTER_MS + 1);
    await eventually(async () => {
      t.deepEqual(await shown(reader), { c: 2, g: undefined });
      return readdirSync(dir).includes(file) ? 'the file is still there' : undefined;
    });
    t.deepEqual(await shown(reader), { c: 2, g: undefined });
  });

  onLinux(`${backend}: two writers that are both pid 1 count once each`, async (t) => {
    const { dir, env } = openScene(t, backend);
    const one = startAsPid1(t, env);
    await count(one, 1, 10);
    const [fileOfOne] = readdirSync(dir) as [string];
    const two = startAsPid1(t, env);
    await count(two, 2, 20);
    const scene = new CompactionScene(t, backend, dir);
    const [fileOfTwo] = scene.files().filter((name) => name !== fileOfOne) as [string];
    t.is(scene.files().length, 2);
    for (const name of scene.files()) t.regex(name, /^1-0-/);
    for (const reader of [one, two]) t.deepEqual(await shown(reader), { c: 3, g: 30 });
    t.deepEqual(values(scene.page()), { c: 3, g: 30 });

    await one.kill();
    if (!locks) age(join(dir, fileOfOne), STALE_AFTER_MS + 1);
    t.deepEqual(values(scene.page()), { c: 3, g: 20 });
    t.deepEqual(await shown(two), { c: 3, g: 20 });
    await two.call('c_total', 'inc', 4);

    if (!locks) age(join(dir, fileOfOne), ABSORB_AFTER_MS + 1);
    // It may have been folded already, by the one that lives.
    await eventually(async () => {
      await scene.compact();
      return scene.files().includes(fileOfOne) ? 'the file is still there' : undefined;
    });
    t.true(scene.files().includes(fileOfTwo));
    t.true(scene.files().includes(ARCHIVE_NAME));
    await two.call('c_total', 'inc', 8);
    t.deepEqual(values(scene.page()), { c: 15, g: 20 });
    t.deepEqual(await shown(two), { c: 15, g: 20 });
    const three = startAsPid1(t, env);
    await count(three, 16, 40);
    t.deepEqual(values(scene.page()), { c: 31, g: 60 });
    t.deepEqual(scene.errors, []);
  });

  onLinux(
    `${backend}: writers of one pid, one right after the other, count once each`,
    async (t) => {
      const { dir, env } = openScene(t, backend);
      const reader = startAsPid1(t, env);
      t.is(await reader.value('c_total'), undefined);
      let counted = 0;
      for (let life = 1; life <= 4; life++) {
        const writer = startWithPid(t, env, reader, WANTED_PID);
        await count(writer, life, 10 * life);
        const names = readdirSync(dir).filter((name) => name.startsWith(`${WANTED_PID}-0-`));
        t.true(names.length > 0, `it got another pid: ${readdirSync(dir)}`);
        counted += life;
        t.deepEqual(await shown(reader), { c: counted, g: 10 * life });
        await writer.kill();
      }
      t.deepEqual(await shown(reader), { c: counted, g: undefined });
      await eventually(async () => {
        t.deepEqual(await shown(reader), { c: counted, g: undefined });
        return readdirSync(dir).some((name) => name.startsWith(`${WANTED_PID}-`))
          ? 'files of the dead are still there'
          : undefined;
      });
      t.deepEqual(await shown(reader), { c: counted, g: undefined });
    },
  );

  onLinux(
    `${backend}: where /proc shows another pid namespace no writer is taken for dead`,
    async (t) => {
      const { dir, env } = openScene(t, backend);
      const writer = startAsPid1(t, env, AS_PID_1_WITHOUT_PROC);
      await count(writer, 2, 5);
      const other = startWithPid(t, env, writer, WANTED_PID);
      await count(other, 3, 7);
      for (const reader of [writer, other]) t.deepEqual(await shown(reader), { c: 5, g: 12 });
      await other.kill();
      t.deepEqual(await shown(writer), { c: 5, g: 5 });
      t.is(readdirSync(dir).filter((name) => name.startsWith('1-0-')).length, 1);
    },
  );
}
