import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';

const NEWEST = 'prom_multiproc_newest_writer_start_time_seconds';

/** Bytes of a directory's files whose names end so. */
function bytesOf(dir: string, isWanted: (name: string) => boolean): number {
  const sizes = readdirSync(dir)
    .filter(isWanted)
    .map((name) => statSync(path.join(dir, name)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

const isArchive = (name: string) => name.startsWith('archive');

for (const name of expectedBackends()) {
  test(`${name}: a page says how large the files of writers and the archive are`, async (t) => {
    const { dir, start, reader } = openScene(t, name);
    const bytes = (kind: string) => reader.value('prom_multiproc_file_bytes', { kind });
    t.deepEqual([await bytes('writer'), await bytes('archive')], [0, 0]);

    const [a, b] = [start(), start()];
    for (const writer of [a, b]) await writer.make('Counter', { name: 'c_total' });
    const written = bytesOf(dir, (file) => !isArchive(file));
    t.true(written > 0);
    t.deepEqual([await bytes('writer'), await bytes('archive')], [written, 0]);

    await a.call('c_total', 'inc', 1);
    await a.kill();
    t.is(await b.compact(), 1);
    const archived = bytesOf(dir, isArchive);
    t.true(archived > 0);
    t.deepEqual([await bytes('writer'), await bytes('archive')], [written / 2, archived]);
  });

  test(`${name}: a page says when its youngest live writer began, which changes with every new one`, async (t) => {
    const { start, reader } = openScene(t, name);
    t.is(await reader.value(NEWEST), 0);
    const begin = Date.now();
    const first = start();
    await first.make('Counter', { name: 'c_total' });
    const of = { first: await reader.value(NEWEST), second: 0 };
    t.true((of.first as number) * 1000 >= begin && (of.first as number) * 1000 <= Date.now());

    const second = start();
    await second.make('Counter', { name: 'c_total' });
    of.second = (await reader.value(NEWEST)) as number;
    t.true(of.second > (of.first as number));
    await second.kill();
    t.is(await reader.value(NEWEST), of.first);
    await first.kill();
    t.is(await reader.value(NEWEST), 0);
  });
}
