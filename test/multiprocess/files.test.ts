// Files of real processes that grow, vanish or are damaged.

import {
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { FileFormatError, UnsupportedFileError } from '../../src/errors.js';
import { CHUNK_UNIT_BYTES, VERSION_AT } from '../../src/format/layout.js';
import { chooseBackend } from '../../src/mapping/backend.js';
import { nowMs } from '../../src/processes/clock.js';
import { ownIdentity } from '../../src/processes/identity.js';
import { createObserver } from '../../src/processes/liveness.js';
import { Reader } from '../../src/store/reader.js';
import { expectedBackends } from '../helpers/backends.js';
import { openScene } from '../helpers/scene.js';

/** The first record follows the first chunk, which holds values. */
const FIRST_RECORD_AT = CHUNK_UNIT_BYTES;

function onlyFile(dir: string): string {
  const [name, ...others] = readdirSync(dir);
  if (name === undefined || others.length > 0) throw new Error(`not one file: ${name} ${others}`);
  return path.join(dir, name);
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, at);
  // In place: a mapping of the file shows it.
  writeFileSync(file, content, { flag: 'r+' });
}

for (const name of expectedBackends()) {
  const { backend } = chooseBackend(name);

  test.serial(`${name}: a series larger than a chunk makes the file grow`, async (t) => {
    const { start, reader } = openScene(t, name);
    const writer = start();
    await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
    await writer.call('c_total', 'inc', { l: 'small' }, 1);
    t.is(await reader.value('c_total', { l: 'small' }), 1);
    const large = 'é'.repeat(3 * CHUNK_UNIT_BYTES);
    await writer.call('c_total', 'inc', { l: large }, 2);
    await writer.call('c_total', 'inc', { l: 'small' }, 10);
    await writer.call('c_total', 'inc', { l: 'after' }, 3);
    t.is(await reader.value('c_total', { l: large }), 2);
    t.is(await reader.value('c_total', { l: 'small' }), 11);
    t.is(await reader.value('c_total', { l: 'after' }), 3);
    await writer.kill();
    t.is(await reader.value('c_total', { l: large }), 2);
  });

  test.serial(`${name}: a histogram larger than a chunk makes the file grow`, async (t) => {
    const { start, reader } = openScene(t, name);
    const writer = start();
    const buckets = Array.from({ length: (2 * CHUNK_UNIT_BYTES) / 8 }, (_, i) => i);
    await writer.make('Histogram', { name: 'h', buckets });
    await writer.call('h', 'observe', 100);
    const last = String(buckets.length - 1);
    t.is(await reader.value('h_bucket', { le: '99' }), 0);
    t.is(await reader.value('h_bucket', { le: '100' }), 1);
    t.is(await reader.value('h_bucket', { le: last }), 1);
  });

  test.serial(`${name}: many growths keep every earlier value`, async (t) => {
    const { start, reader } = openScene(t, name);
    const writer = start();
    await writer.make('Counter', { name: 'c_total', labelNames: ['l'] });
    const filler = 'x'.repeat(CHUNK_UNIT_BYTES / 8);
    const expected: Record<string, number> = {};
    for (let round = 1; round <= 60; round++) {
      await writer.call('c_total', 'inc', { l: `${round} ${filler}` }, round);
      await writer.call('c_total', 'inc', { l: `1 ${filler}` }, 1000);
      expected[round] = round;
      expected[1] = 1000 * round + 1;
      if (round % 20 === 0) t.deepEqual(await shown(), expected);
    }
    await writer.kill();
    t.deepEqual(await shown(), expected);

    async function shown(): Promise<Record<string, number>> {
      const samples = await reader.samples('c_total');
      return Object.fromEntries(
        samples.map(({ labels, value }) => [labels.l?.replace(` ${filler}`, ''), value]),
      );
    }
  });

  test.serial(
    `${name}: a file that vanishes between listing and opening is passed over`,
    async (t) => {
      const { dir, start } = openScene(t, name);
      const writers = [start(), start()];
      for (const writer of writers) await writer.make('Counter', { name: 'c_total' });
      const files = readdirSync(dir).map((file) => path.join(dir, file));
      const vanishing = {
        ...backend,
        open(file: string, flushSequenceAt: number) {
          if (file === files[0]) unlinkSync(file);
          return backend.open(file, flushSequenceAt);
        },
      };
      const errors: unknown[] = [];
      const observer = createObserver(ownIdentity(), nowMs);
      const view = new DirectoryView(dir, vanishing, observer, (error) => errors.push(error));
      t.teardown(() => view.close());
      t.true(view.scan());
      t.deepEqual(
        [...view.sources].map(({ reader }) => reader.path),
        files.slice(1),
      );
      t.deepEqual(errors, []);
      t.deepEqual(view.skipped, []);
    },
  );

  test.serial(
    `${name}: a file that vanishes between two pages takes its values along`,
    async (t) => {
      const { dir, start, reader } = openScene(t, name);
      const [a, b] = [start(), start()];
      await a.make('Counter', { name: 'c_total' });
      await a.call('c_total', 'inc', 1);
      const file = onlyFile(dir);
      await b.make('Counter', { name: 'c_total' });
      await b.call('c_total', 'inc', 2);
      t.is(await reader.value('c_total'), 3);
      await a.kill();
      rmSync(file);
      t.is(await reader.value('c_total'), 2);
      t.is(await reader.value('prom_multiproc_files_skipped'), 0);
      t.deepEqual(await reader.warnings(), []);
    },
  );

  const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
    'junk in its first record': (file) =>
      overwrite(file, FIRST_RECORD_AT, Buffer.from('somejunksomejunk')),
    'a record that is longer than the file': (file) =>
      overwrite(file, FIRST_RECORD_AT, new Uint8Array(new Uint32Array([1 << 20]).buffer)),
    'junk for a header': (file) => overwrite(file, 0, Buffer.from('junk')),
    'half of a header': (file) => truncateSync(file, 2048),
    'no bytes at all': (file) => truncateSync(file, 0),
    'a version of the future': (file) =>
      overwrite(file, VERSION_AT, new Uint8Array(new Uint32Array([999]).buffer)),
  };
  for (const [damage, spoil] of Object.entries(DAMAGES)) {
    test.serial(
      `${name}: a file with ${damage} is a typed error and costs the page nothing else`,
      async (t) => {
        const { dir, start, reader } = openScene(t, name);
        const broken = start();
        await broken.make('Counter', { name: 'c_total' });
        await broken.call('c_total', 'inc', 4);
        await broken.kill();
        const file = onlyFile(dir);
        const healthy = start();
        await healthy.make('Counter', { name: 'c_total' });
        await healthy.call('c_total', 'inc', 2);
        spoil(file);

        const error = t.throws(() => Reader.open(backend, file).update(), {
          instanceOf: damage.includes('version') ? UnsupportedFileError : FileFormatError,
        });
        t.is(error.path, file);
        t.true(error.offset >= 0);
        t.true(error.message.includes(file), error.message);

        t.is(await reader.value('c_total'), 2);
        await healthy.call('c_total', 'inc', 1);
        t.is(await reader.value('c_total'), 3);
        t.is(await reader.value('prom_multiproc_files_skipped'), 1);
        t.is(await reader.value('prom_multiproc_errors_total', { reason: error.name }), 1);
        const warnings = await reader.warnings();
        t.is(warnings.length, 1);
        t.true(warnings[0]?.includes(file), warnings[0]);
      },
    );
  }

  test.serial(`${name}: other files in the directory are left alone`, async (t) => {
    const { dir, start, reader } = openScene(t, name);
    for (const other of [
      'README',
      'counter_123.db',
      '1-0-0123456789abcdef.pmp.bak',
      '.x.pmp.new',
    ]) {
      writeFileSync(path.join(dir, other), 'junk');
    }
    const writer = start();
    await writer.make('Counter', { name: 'c_total' });
    t.is(await reader.value('c_total'), 0);
    t.is(await reader.value('prom_multiproc_files_skipped'), 0);
    t.is(readFileSync(path.join(dir, 'README'), 'utf8'), 'junk');
  });
}
