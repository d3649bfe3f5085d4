// Compactions among bad, stuck and unfinished files. Tests are serial: calls of the file
// system are made to fail for the whole process.

import {
  existsSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { errorCode, FileFormatError, UnsupportedFileError } from '../../src/errors.js';
import {
  CHUNK_UNIT_BYTES,
  COMMIT_AT,
  FORMAT_VERSION,
  MARK_AT,
  VERSION_AT,
} from '../../src/format/layout.js';
import { UNFINISHED_FILE_AGE_MS } from '../../src/limits.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends } from '../helpers/backends.js';
import { CompactionScene } from '../helpers/compaction-scene.js';
import { withFailingCall } from '../helpers/failing-calls.js';
import { patchFile, word } from '../helpers/patch-file.js';

for (const backend of expectedBackends()) {
  test.serial(`${backend}: a file that cannot be removed counts once, for ever`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const open = scene.open();
    const live = scene.addLive();
    const stuck = scene.addDead();
    for (let generation = 0; generation < 3; generation++) {
      scene.addDead();
      const before = scene.page();
      await withFailingCall(
        'unlinkSync',
        'EPERM',
        (path) => path === stuck.path,
        () => scene.compact(),
      );
      t.is(scene.page(), before, `generation ${generation}`);
      t.is(open.page(), before, `open, generation ${generation}`);
      t.deepEqual(scene.files(), [stuck.name, live.name, ARCHIVE_NAME].sort());
    }
    t.deepEqual(new Set(scene.errors.map(errorCode)), new Set(['EPERM']));
    const before = scene.page();
    await scene.compact();
    t.deepEqual(scene.files(), [live.name, ARCHIVE_NAME].sort());
    t.is(scene.page(), before);
    scene.addDead();
    await scene.compact();
    t.false(readFileSync(join(scene.directory, ARCHIVE_NAME)).includes(stuck.name));
  });

  test(`${backend}: an archive that came out unreadable takes no place, and nothing is lost`, async (t) => {
    const scene = new CompactionScene(t, backend);
    scene.addLive();
    scene.addDead();
    await scene.compact();
    scene.addDead();
    const files = scene.files();
    const page = scene.page();
    const failure = await t.throwsAsync(
      scene.compact({ backend: breakingRecords(scene.backend) }),
      {
        instanceOf: FileFormatError,
      },
    );
    t.regex((failure as FileFormatError).path, /\.new$/);
    t.deepEqual(scene.files(), files);
    t.is(scene.page(), page);
    t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
    t.is(scene.page(), page);
    t.deepEqual(scene.errors, []);
  });

  for (const [call, code] of [
    ['fsyncSync', 'EIO'],
    ['renameSync', 'ENOSPC'],
  ] as const) {
    test.serial(`${backend}: a compaction whose ${call} fails leaves all as it was`, async (t) => {
      const scene = new CompactionScene(t, backend);
      scene.addLive();
      scene.addDead();
      await scene.compact();
      scene.addDead();
      const files = scene.files();
      const page = scene.page();
      await t.throwsAsync(
        withFailingCall(
          call,
          code,
          () => true,
          () => scene.compact(),
        ),
        { code },
      );
      t.deepEqual(scene.files(), files);
      t.is(scene.page(), page);
      t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
      t.is(scene.page(), page);
    });
  }

  test.serial(`${backend}: a compactor that loses its lock changes nothing`, async (t) => {
    const scene = new CompactionScene(t, backend);
    scene.addDead();
    const before = [scene.files(), scene.page()];
    // The archive is written when it is synced: then somebody takes the lock away.
    const result = await withFailingCall(
      'fsyncSync',
      'none',
      () => {
        const lock = join(scene.directory, '.compact.lock');
        if (existsSync(lock)) rmdirSync(lock);
        return false;
      },
      () => scene.compact(),
    );
    t.deepEqual(result, { absorbed: 0, left: 1 });
    t.deepEqual([scene.files(), scene.page()], before);
  });

  const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
    'no bytes': (path) => writeFileSync(path, ''),
    'junk for a header': (path) => patchFile(path, 0, Buffer.from('junk')),
    'a lie about its length': (path) => patchFile(path, COMMIT_AT, word(0x7ffffff8)),
  };
  for (const [damage, spoil] of Object.entries(DAMAGES)) {
    test.serial(`${backend}: an archive with ${damage} is kept aside and reported`, async (t) => {
      const scene = new CompactionScene(t, backend);
      const archive = join(scene.directory, ARCHIVE_NAME);
      scene.addDead();
      await scene.compact();
      spoil(archive);
      const bytes = readFileSync(archive);
      scene.addLive();
      const served = scene.page();
      t.regex(served, /^plain_total\{service="shop"\} 0\.2$/m);
      scene.errors.length = 0;

      t.deepEqual(await scene.compact(), { absorbed: 0, left: 0 });
      const aside = scene.files().filter((name) => name.startsWith(`${ARCHIVE_NAME}.bad-`));
      t.is(aside.length, 1);
      t.deepEqual(readFileSync(join(scene.directory, aside[0] as string)), bytes);
      t.is(scene.page(), served);
      t.is(scene.errors.length, 1);
      const { message, cause } = scene.errors[0] as Error;
      t.true(cause instanceof FileFormatError);
      t.true(message.includes(aside[0] as string), message);

      scene.addDead();
      const before = scene.page();
      t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
      t.is(scene.page(), before);
      t.true(scene.files().includes(aside[0] as string));
    });
  }

  test.serial(`${backend}: a bad writer's file is left where it is`, async (t) => {
    const scene = new CompactionScene(t, backend);
    const bad = scene.addDead();
    patchFile(bad.path, 0, Buffer.from('junk'));
    scene.addDead();
    t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
    t.deepEqual(scene.files(), [bad.name, ARCHIVE_NAME].sort());
    t.true(scene.errors.every((error) => error instanceof FileFormatError));
    t.is((scene.errors[0] as FileFormatError).path, bad.path);
  });
}

test.serial('an archive of another version is left to those that know it', async (t) => {
  const scene = new CompactionScene(t, 'file');
  scene.addDead();
  await scene.compact();
  patchFile(join(scene.directory, ARCHIVE_NAME), VERSION_AT, word(99));
  scene.addDead();
  const files = scene.files();
  await t.throwsAsync(scene.compact(), { instanceOf: UnsupportedFileError });
  t.deepEqual(scene.files(), files);
  patchFile(join(scene.directory, ARCHIVE_NAME), VERSION_AT, word(FORMAT_VERSION));
  t.deepEqual(await scene.compact(), { absorbed: 1, left: 0 });
  t.regex(scene.page(), /^plain_total\{service="shop"\} 0\.30000000000000004$/m);
});

test.serial('unfinished files are removed when they are old, and only those', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const others = ['.hidden', '.notes.new', 'notes.new'];
  const names = [`.${ARCHIVE_NAME}-00.new`, '.1-0-0123456789abcdef.pmp.new'];
  const old = new Date(Date.now() - 2 * UNFINISHED_FILE_AGE_MS);
  for (const name of [...names, ...others]) {
    writeFileSync(join(scene.directory, name), 'x');
  }
  for (const name of others) utimesSync(join(scene.directory, name), old, old);
  await scene.compact();
  t.deepEqual(scene.files(), [...names, ...others].sort());
  utimesSync(join(scene.directory, names[0] as string), old, old);
  await scene.compact();
  t.deepEqual(scene.files(), [names[1] as string, ...others].sort());
  await scene.compact({ laterMs: 2 * UNFINISHED_FILE_AGE_MS });
  t.deepEqual(scene.files(), others);
  t.deepEqual(scene.errors, []);
});

test.serial('a link in the place of an absorbed file is not followed', async (t) => {
  const scene = new CompactionScene(t, 'file');
  const victim = join(scene.directory, 'victim');
  writeFileSync(victim, new Uint8Array(2 * MARK_AT));
  const stuck = scene.addDead();
  await withFailingCall(
    'unlinkSync',
    'EPERM',
    (path) => path === stuck.path,
    () => scene.compact(),
  );
  unlinkSync(stuck.path);
  symlinkSync(victim, stuck.path);
  await scene.compact();
  t.deepEqual(new Uint8Array(readFileSync(victim)), new Uint8Array(2 * MARK_AT));
  t.is(statSync(victim).size, 2 * MARK_AT);
});

/** A backend whose files say nonsense where their first record is. */
function breakingRecords(backend: Backend): Backend {
  return {
    ...backend,
    create(path, options) {
      const mapping = backend.create(path, options);
      return new Proxy(mapping, {
        get(_, key) {
          const member: unknown = Reflect.get(mapping, key, mapping);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            const result: unknown = member.apply(mapping, args);
            if (key === 'flush') patchFile(path, CHUNK_UNIT_BYTES, word(3));
            return result;
          };
        },
      });
    },
  };
}
