// Pages made while the archive is replaced again and again. Tests are serial: a call of
// the file system does more than it should for the whole process.

import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Collector, DirectoryError } from '../../src/index.js';
import { MAX_SCAN_ATTEMPTS } from '../../src/limits.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { withFailingCall } from '../helpers/failing-calls.js';
import type { Teardown } from '../helpers/temporary-directory.js';
import { descriptor, newHolder } from '../helpers/writers.js';

/** A directory with an archive that counts 1, and a collector of it. */
async function setUp(t: Teardown) {
  const scene = new CompactionScene(t, 'file');
  scene.addDead((writer) => {
    writer.addSeries(writer.defineMetric(descriptor()), [], 1, newHolder(), [1]);
  });
  await scene.compact();
  const collector = new Collector({ dir: scene.directory, compact: false });
  t.teardown(() => collector.close());
  const archive = join(scene.directory, ARCHIVE_NAME);
  let looks = 0;
  /** A page; before each of the first `replacements` looks at the archive's name it leads to another file. */
  const page = (replacements: number) =>
    withFailingCall(
      'lstatSync',
      'none',
      (path) => {
        if (path === archive && ++looks <= replacements) {
          copyFileSync(archive, `${archive}.next`);
          renameSync(`${archive}.next`, archive);
        }
        return false;
      },
      () => collector.collect(),
    );
  return { page, looks: () => looks };
}

test.serial('an archive that is replaced under a reading makes it begin again', async (t) => {
  const { page, looks } = await setUp(t);
  const replacements = MAX_SCAN_ATTEMPTS;
  t.regex(await page(replacements), /^requests_total 1$/m);
  t.true(looks() > replacements);
});

test.serial(
  'there is no page of an archive that is replaced under every reading, and one when that ends',
  async (t) => {
    const { page, looks } = await setUp(t);
    const error = await t.throwsAsync(page(Number.POSITIVE_INFINITY), {
      instanceOf: DirectoryError,
    });
    t.regex(error.message, /changed under each of \d+ readings/);
    t.true(looks() <= 3 * MAX_SCAN_ATTEMPTS, `${looks()}`);
    t.regex(await page(0), /^requests_total 1$/m);
  },
);
