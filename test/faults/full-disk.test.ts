// Applications on a tmpfs that fills up, and has room again.

import test from 'ava';
import { firstDifference, shownBy, showsAll, startApplication } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { onOwnTmpfs, runWithMountsOf, withMountsOf } from '../helpers/mounts.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** 256 KiB of the MiB are left: room for some hundred series. */
const BALLAST = 'head -c 786432 /dev/zero > ballast';
/** Together more than is left, and less than the whole disk. */
const SERIES = 2_000;

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

for (const backend of expectedBackends()) {
  onLinux(
    `${backend}: an application whose disk is full counts on in memory, and writes all of it when there is room`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const app = startApplication(t, backend, dir, { through: onOwnTmpfs(dir, '1m', BALLAST) });
      await app.count(10);
      const through = withMountsOf(app.pid);
      const other = startApplication(t, backend, dir, { through });
      await showsAll(other, app);

      await app.count(SERIES);
      await app.count(SERIES);
      t.true(((await app.value('prom_multiproc_errors_total', { reason: 'ENOSPC' })) ?? 0) > 0);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
      const shown = await shownBy(other);
      t.true(shown.size < app.counted.size, 'the disk was not full');
      t.true(shown.size > 0);
      t.is(
        firstDifference(shown, new Map([...app.counted].filter(([name]) => shown.has(name)))),
        undefined,
      );
      await app.count(SERIES / 2);
      await app.count(20);

      runWithMountsOf(app.pid, `rm '${dir}/ballast'`);
      await showsAll(other, app);
      await app.count(SERIES);
      await showsAll(other, app);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
      const warnings = await app.warnings();
      t.is(warnings.length, 1, warnings.join('\n'));
      t.regex(warnings[0] as string, /ENOSPC/);
      t.deepEqual(await other.warnings(), []);

      await app.kill();
    },
  );

  onLinux(
    `${backend}: a disk that is full from the start gets all values once it is not`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const fill = 'head -c 1048576 /dev/zero > ballast';
      const app = startApplication(t, backend, dir, { through: onOwnTmpfs(dir, '1m', fill) });
      await app.count(100);
      await app.count(50);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
      t.true(((await app.value('prom_multiproc_errors_total', { reason: 'ENOSPC' })) ?? 0) > 0);
      const other = startApplication(t, backend, dir, { through: withMountsOf(app.pid) });
      t.is((await shownBy(other)).size, 0);
      runWithMountsOf(app.pid, `rm '${dir}/ballast'`);
      await showsAll(other, app);
      const warnings = await app.warnings();
      t.is(warnings.length, 1, warnings.join('\n'));
    },
  );
}
