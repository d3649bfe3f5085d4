// The report on the merged page, of processes that come and go.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { VERSION } from '../../src/version.js';
import { expectedBackends } from '../helpers/backends.js';
import { familyOf, report, startReporting } from '../helpers/report.js';
import { openScene } from '../helpers/scene.js';

for (const backend of expectedBackends()) {
  test(`${backend}: it tells of every writer, of the archive and of what was skipped`, async (t) => {
    const scene = openScene(t, backend);
    const [one, two] = [scene.start(), scene.start()];
    for (const writer of [one, two]) {
      await writer.make('Counter', { name: 'c_total' });
      await writer.call('c_total', 'inc', 2);
    }
    const bad = path.join(scene.dir, '1-0-0123456789abcdef.pmp');
    writeFileSync(bad, 'nothing');
    const url = await startReporting(t, { dir: scene.dir, compact: false });
    const both = await report(url);
    const byPid = [one, two].sort((a, b) => a.pid - b.pid);
    t.deepEqual(
      both.writers.map(({ label, pid, thread, state, backend }) => [
        label,
        pid,
        thread,
        state,
        backend,
      ]),
      byPid.map(({ pid }) => [String(pid), pid, 0, 'live', backend]),
    );
    t.true(both.writers.every(({ series, file }) => series === 1 && file.startsWith(scene.dir)));
    t.true(both.writers.every((writer) => writer.ageSeconds >= 0 && writer.silentSeconds < 60));
    t.deepEqual(both.writerCounts, { live: 2, hidden: 0, dead: 0 });
    t.is(both.skippedCount, 1);
    t.is(both.skipped[0]?.file, bad);
    t.regex(both.skipped[0]?.reason ?? '', /: the file has 7 bytes, a header has 4096$/);
    t.is(both.version, VERSION);
    t.is(Date.parse(both.time) > 0 && both.durationSeconds > 0, true);

    // A reason is told again by whoever knows the file already.
    await one.kill();
    const after = await report(url);
    t.deepEqual(after.skipped, both.skipped);
    t.deepEqual(
      after.writers.map(({ pid, state }) => [pid, state]),
      [
        [two.pid, 'live'],
        [one.pid, 'dead'],
      ],
    );
    t.deepEqual(after.archives, []);
    t.is(await two.compact(), 1);
    const compacted = await report(url);
    t.deepEqual(
      compacted.writers.map(({ pid }) => pid),
      [two.pid],
    );
    t.deepEqual(compacted.archives, [{ file: path.join(scene.dir, 'archive.pmp'), series: 1 }]);
    t.is(familyOf(compacted, 'c_total').total, 4);
  });

  test(`${backend}: failures and disagreements of writers are in it`, async (t) => {
    const scene = openScene(t, backend);
    const [one, two] = [scene.start(), scene.start()];
    await one.make('Gauge', { name: 'g', multiprocessMode: 'max' });
    await one.call('g', 'set', 1);
    await two.make('Gauge', { name: 'g', multiprocessMode: 'min' });
    await two.call('g', 'set', 2);
    writeFileSync(path.join(scene.dir, '1-0-0123456789abcdef.pmp'), 'nothing');
    await one.collect();
    const { conflicts, errors, families } = await report(
      await startReporting(t, { dir: scene.dir }),
    );
    t.deepEqual(conflicts, { type: 0, mode: 1, buckets: 0, name: 0 });
    t.deepEqual(errors, [{ reason: 'FileFormatError', count: 1 }]);
    t.is(families.find(({ name }) => name === 'g')?.mode, 'min');
  });
}
