// Files that somebody cuts off while a process has them mapped: what is beyond their new
// end is a signal to whoever touches it.

import { readdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { CHUNK_UNIT_BYTES, HEADER_BYTES } from '../../src/format/layout.js';
import { type Application, startApplication } from '../helpers/application.js';
import { expectedBackends } from '../helpers/backends.js';
import { sampleValue } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

/** What is left: nothing, the header alone, all but the records. */
const SIZES = [0, HEADER_BYTES, CHUNK_UNIT_BYTES];

/** Without folding anything. */
async function shownValue(reader: Application, name: string): Promise<number | undefined> {
  return sampleValue(await reader.families({ compact: false }), name);
}

async function countOne(app: Application): Promise<void> {
  await app.make('Counter', { name: 'c_total' });
  await app.call('c_total', 'inc', 1);
}

for (const backend of expectedBackends()) {
  for (const archived of [false, true]) {
    const what = archived ? 'an archive' : "a dead writer's file";
    test.serial(
      `${backend}: a reader outlives that ${what} is cut off, and serves the rest`,
      async (t) => {
        for (const size of SIZES) {
          const dir = temporaryDirectory(t);
          const [dead, live, reader] = [
            startApplication(t, backend, dir),
            startApplication(t, backend, dir),
            startApplication(t, backend, dir),
          ];
          await countOne(dead);
          await countOne(live);
          await dead.kill();
          if (archived) t.is(await live.compact(), 1);
          t.is(await shownValue(reader, 'c_total'), 2);
          const name = archived ? 'archive.pmp' : `${dead.pid}-`;
          const file = readdirSync(dir).find((one) => one.startsWith(name)) as string;
          truncateSync(path.join(dir, file), size);
          t.is(await shownValue(reader, 'c_total'), 1);
          t.is(await shownValue(reader, 'prom_multiproc_files_skipped'), 1);
          await live.call('c_total', 'inc', 1);
          t.is(await shownValue(reader, 'c_total'), 2);
          const warnings = await reader.warnings();
          t.is(warnings.length, 1, warnings.join('\n'));
          t.true(warnings[0]?.includes(file), warnings[0]);
        }
      },
    );
  }
}
