// Applications whose directory is read-only, impossible, removed, wiped or hidden.

import { mkdirSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import {
  type Application,
  eventually,
  firstDifference,
  firstExcess,
  shownBy,
  showsAll,
  startApplication,
} from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { onOwnTmpfs, runWithMountsOf, withMountsOf } from '../helpers/mounts.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const SERIES = 300;

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

/** The application's own page is whole, and there was one warning, of this fault. */
async function toldOnce(t: ExecutionContext, app: Application, reason: string, text: RegExp) {
  t.is(firstDifference(await shownBy(app), app.counted), undefined);
  const errors = await app.value('prom_multiproc_errors_total', { reason });
  t.true((errors ?? 0) > 0, `${reason}: ${errors}`);
  const warnings = await app.warnings();
  t.is(warnings.length, 1, warnings.join('\n'));
  t.regex(warnings[0] as string, text);
}

/** Names of the files that readers see. */
const writersIn = (dir: string): string[] =>
  readdirSync(dir).filter((name) => /^\d.*\.pmp$/.test(name));

for (const backend of expectedBackends()) {
  onLinux(`${backend}: a read-only directory gets all values once it may be written`, async (t) => {
    const dir = temporaryDirectory(t);
    const through = onOwnTmpfs(dir, '4m', 'mount -o remount,ro,bind "$0"');
    const app = startApplication(t, backend, dir, { through });
    await app.count(SERIES);
    await app.count(SERIES / 2);
    await toldOnce(t, app, 'EROFS', /EROFS/);
    const other = startApplication(t, backend, dir, { through: withMountsOf(app.pid) });
    t.is((await shownBy(other)).size, 0);
    runWithMountsOf(app.pid, `mount -o remount,rw,bind '${dir}'`);
    await showsAll(other, app);
    await app.count(SERIES + 1);
    await showsAll(other, app);
    await toldOnce(t, app, 'EROFS', /EROFS/);
  });

  test.serial(
    `${backend}: a directory under a file gets all values once the file is gone`,
    async (t) => {
      const file = path.join(temporaryDirectory(t), 'file');
      writeFileSync(file, '');
      const dir = path.join(file, 'metrics');
      const app = startApplication(t, backend, dir);
      await app.count(SERIES);
      await app.count(SERIES / 2);
      await toldOnce(t, app, 'directory', /lies under, a file/);
      unlinkSync(file);
      await eventually(async () => ((await exists(dir)) ? undefined : 'no directory'));
      const other = startApplication(t, backend, dir);
      await showsAll(other, app);
      await app.count(SERIES + 1);
      await showsAll(other, app);
    },
  );

  test.serial(
    `${backend}: a directory that is removed while applications run is made again, with all values`,
    async (t) => {
      const dir = path.join(temporaryDirectory(t), 'metrics');
      const [app, other] = [startApplication(t, backend, dir), startApplication(t, backend, dir)];
      await app.count(SERIES);
      await showsAll(other, app);
      for (const _ of [1, 2]) {
        rmSync(dir, { recursive: true });
        await app.count(SERIES);
        await app.count(SERIES + 1);
        await eventually(async () => ((await exists(dir)) ? undefined : 'no directory'));
        await showsAll(other, app);
      }
      t.is(writersIn(dir).length, 1);
      t.deepEqual([...(await app.warnings()), ...(await other.warnings())], []);
    },
  );

  test.serial(
    `${backend}: a directory that is wiped has all values of all applications again`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const [app, second, other] = [
        startApplication(t, backend, dir),
        startApplication(t, backend, dir),
        startApplication(t, backend, dir),
      ];
      await second.make('Counter', { name: 'c_total' });
      await second.call('c_total', 'inc', 5);
      await app.count(SERIES);
      for (let wipe = 0; wipe < 3; wipe++) {
        for (const name of readdirSync(dir)) rmSync(path.join(dir, name), { recursive: true });
        // Its own values are on its page without waiting for a heartbeat.
        t.is(firstDifference(await shownBy(app), app.counted), undefined);
        await app.count(SERIES);
        await second.call('c_total', 'inc', 1);
        await showsAll(other, app);
        await eventually(async () => {
          const value = await other.value('c_total');
          return value === 6 + wipe ? undefined : `c_total is ${value}`;
        });
      }
      t.is(writersIn(dir).length, 2);
      t.deepEqual([...(await app.warnings()), ...(await other.warnings())], []);
    },
  );

  test.serial(
    `${backend}: an application counts on while a file stands where its directory was`,
    async (t) => {
      const dir = path.join(temporaryDirectory(t), 'metrics');
      const app = startApplication(t, backend, dir);
      await app.count(SERIES);
      rmSync(dir, { recursive: true });
      writeFileSync(dir, 'no directory');
      await eventually(async () => {
        const errors = await app.value('prom_multiproc_errors_total', { reason: 'directory' });
        return errors === undefined ? 'not noticed' : undefined;
      });
      await app.count(SERIES);
      await app.count(SERIES + 1);
      await toldOnce(t, app, 'directory', /lies under, a file/);
      unlinkSync(dir);
      mkdirSync(dir);
      const other = startApplication(t, backend, dir);
      await showsAll(other, app);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
    },
  );

  onLinux(
    `${backend}: a directory that was hidden by a read-only mount comes back and nothing counts twice`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const app = startApplication(t, backend, dir, { through: onOwnTmpfs(dir, '4m') });
      await app.count(SERIES);
      const other = startApplication(t, backend, dir, { through: withMountsOf(app.pid) });
      await showsAll(other, app);
      runWithMountsOf(app.pid, `mount -t tmpfs -o ro tmpfs '${dir}'`);
      await eventually(async () => {
        const errors = await app.value('prom_multiproc_errors_total', { reason: 'EROFS' });
        return errors === undefined ? 'not noticed' : undefined;
      });
      await app.count(SERIES);
      await app.count(SERIES + 1);
      await toldOnce(t, app, 'EROFS', /EROFS/);
      t.is((await shownBy(other)).size, 0);
      runWithMountsOf(app.pid, `umount '${dir}'`);
      await showsAll(other, app);
      t.is(firstExcess(await shownBy(app), app.counted), undefined);
    },
  );

  test.serial(
    `${backend}: a directory that was moved away and comes back counts nothing twice`,
    async (t) => {
      const base = temporaryDirectory(t);
      const [dir, away] = [path.join(base, 'metrics'), path.join(base, 'away')];
      const app = startApplication(t, backend, dir);
      await app.count(SERIES);
      renameSync(dir, away);
      await eventually(async () => ((await exists(dir)) ? undefined : 'no directory'));
      const other = startApplication(t, backend, dir);
      await app.count(SERIES);
      await showsAll(other, app);
      for (const name of readdirSync(away)) renameSync(path.join(away, name), path.join(dir, name));
      await showsAll(other, app);
      await app.count(SERIES);
      await showsAll(other, app);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
    },
  );
}

async function exists(dir: string): Promise<boolean> {
  try {
    return writersIn(dir).length > 0;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
