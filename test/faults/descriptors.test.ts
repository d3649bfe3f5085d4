// Applications that have used up their descriptors, and get some back.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {
  type Application,
  eventually,
  firstDifference,
  shownBy,
  showsAll,
  startApplication,
} from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const SERIES = 300;
const FEW_DESCRIPTORS = ['sh', '-c', 'ulimit -n 128 && exec "$@"', 'sh'];

const onPosix = process.platform === 'win32' ? test.serial.skip : test.serial;

for (const backend of expectedBackends()) {
  onPosix(
    `${backend}: metrics made without a descriptor left reach files once there are some`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const app = startApplication(t, backend, dir, { through: FEW_DESCRIPTORS });
      const taken = await app.takeDescriptors();
      t.true(taken > 0 && taken < 128, `${taken}`);
      await app.count(SERIES);
      await app.count(SERIES / 2);
      await app.giveDescriptorsBack();
      const other = startApplication(t, backend, dir);
      await showsAll(other, app);
      await app.count(SERIES + 1);
      await showsAll(other, app);
      await showsAll(app, app);
      // None only where the runtime gave a descriptor back in the very moment of the first metric.
      const warnings = await app.warnings();
      t.true(warnings.length <= 1, warnings.join('\n'));
      for (const warning of warnings) t.regex(warning, /EMFILE/);
    },
  );

  onPosix(
    `${backend}: without a descriptor left a running application counts on, also when its directory is wiped`,
    async (t) => {
      const dir = temporaryDirectory(t);
      const app = startApplication(t, backend, dir, { through: FEW_DESCRIPTORS });
      const other = startApplication(t, backend, dir);
      await app.count(SERIES);
      await showsAll(app, app);
      await app.takeDescriptors();
      // New series make the file grow through the descriptor that it has.
      await app.count(10 * SERIES);
      await showsAll(other, app);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);

      for (const name of readdirSync(dir)) rmSync(path.join(dir, name));
      await app.count(11 * SERIES);
      await app.giveDescriptorsBack();
      await showsAll(other, app);
      await showsAll(app, app);
      t.is(firstDifference(await shownBy(app), app.counted), undefined);
    },
  );

  onPosix(
    `${backend}: without a descriptor left an application's own page is whole, or there is none, whatever becomes of its directory`,
    async (t) => {
      const dir = path.join(temporaryDirectory(t), 'metrics');
      const app = startApplication(t, backend, dir, { through: FEW_DESCRIPTORS });
      await app.count(SERIES);
      await showsAll(app, app);
      await app.takeDescriptors();
      /** Undefined where there is no page: the runtime gave a descriptor back, and the new file took it. */
      const differs = async (): Promise<string | undefined> => {
        try {
          return firstDifference(await shownBy(app), app.counted);
        } catch (error) {
          t.regex((error as Error).message, /EMFILE/);
          return undefined;
        }
      };
      for (const fault of [
        () => {
          for (const name of readdirSync(dir)) rmSync(path.join(dir, name));
        },
        () => rmSync(dir, { recursive: true, force: true }),
      ]) {
        fault();
        let polls = 0;
        // Before and after heartbeats have met it.
        await eventually(async () => {
          t.is(await differs(), undefined);
          await app.count(SERIES + 1);
          t.is(await differs(), undefined);
          return ++polls > 10 ? undefined : `${polls} polls`;
        });
      }
      await app.giveDescriptorsBack();
      const other = startApplication(t, backend, dir);
      await showsAll(other, app);
      await showsAll(app, app);
    },
  );

  onPosix(
    `${backend}: a collector without descriptors serves what it knows, and the rest once it has some`,
    async (t) => {
      const dir = temporaryDirectory(t);
      // Where no lock tells, the collector has one to see that the first writer runs, and does without.
      const spared = backend === 'mmap' ? 0 : 1;
      const [first, ...late] = Array.from({ length: 2 + spared }, () =>
        startApplication(t, backend, dir),
      ) as [Application, ...Application[]];
      const reader = startApplication(t, backend, dir, { through: FEW_DESCRIPTORS });
      await first.make('Counter', { name: 'first_total' });
      await first.call('first_total', 'inc', 1);
      t.is(await reader.value('first_total'), 1);
      await reader.takeDescriptors();
      for (const app of late) {
        await app.make('Counter', { name: 'late_total' });
        await app.call('late_total', 'inc', 1);
      }
      await first.call('first_total', 'inc', 2);
      for (let page = 0; page < 2; page++) {
        t.is(await reader.value('first_total'), 3);
        t.is((await reader.value('late_total')) ?? 0, spared);
      }
      await reader.giveDescriptorsBack();
      t.is(await reader.value('first_total'), 3);
      t.is(await reader.value('late_total'), late.length);
      const warnings = await reader.warnings();
      t.is(warnings.length, 1, warnings.join('\n'));
      t.regex(warnings[0] as string, /EMFILE/);
    },
  );
}
