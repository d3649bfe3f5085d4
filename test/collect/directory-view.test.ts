import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import {
  DirectoryError,
  errorCode,
  FileFormatError,
  MappingError,
  UnsupportedFileError,
} from '../../src/errors.js';
import { COMMIT_AT, VERSION_AT } from '../../src/format/layout.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Observer } from '../../src/processes/liveness.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { addWriter, OBSERVER, setUp } from '../helpers/directory-views.js';
import { patchFile, word } from '../helpers/patch-file.js';
import { nextMessage } from '../helpers/programs.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, IDENTITY, newHolder } from '../helpers/writers.js';

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`${name}: writers that come, write and go are followed`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    t.false(view.scan());
    const one = addWriter(t, directory, backend, 'one');
    t.true(view.scan());
    t.deepEqual(values(), { 'one[]': [1] });
    t.false(view.scan());
    const two = addWriter(t, directory, backend, 'two');
    t.true(view.scan());
    t.deepEqual(values(), { 'one[]': [1], 'two[]': [1] });
    two.writer.addSeries(two.writer.defineMetric(descriptor({ name: 'more' })), [], 1, newHolder());
    two.writer.mapping.flush();
    t.true(view.scan());
    t.deepEqual(values(), { 'one[]': [1], 'two[]': [1], 'more[]': [0] });
    rmSync(one.path);
    t.true(view.scan());
    t.deepEqual(values(), { 'two[]': [1], 'more[]': [0] });
    t.false(view.scan());
    t.deepEqual([errors, view.skipped.length], [[], 0]);
  });

  test(`${name}: a bad file is skipped, told of once, and spoils no other`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    addWriter(t, directory, backend, 'good');
    const bad = newWriterName(directory, 1, 0).final;
    writeFileSync(bad, 'junk');
    const newer = addWriter(t, directory, backend, 'newer');
    patchFile(newer.path, VERSION_AT, word(99));
    for (let i = 0; i < 3; i++) {
      view.scan();
      t.is(view.skipped.length, 2);
    }
    t.deepEqual(values(), { 'good[]': [1] });
    t.is(errors.length, 2);
    t.true(errors.every((error) => error instanceof FileFormatError));
    t.is(errors.filter((error) => error instanceof UnsupportedFileError).length, 1);
    t.true(errors.some((error) => (error as FileFormatError).path === bad));
    rmSync(bad);
    view.scan();
    t.is(view.skipped.length, 1);
  });

  test(`${name}: a file that goes bad is dropped and told of once`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    addWriter(t, directory, backend, 'good');
    const { path } = addWriter(t, directory, backend, 'spoilt');
    view.scan();
    patchFile(path, COMMIT_AT, word(0x7ffffff8));
    t.true(view.scan());
    t.false(view.scan());
    t.deepEqual(values(), { 'good[]': [1] });
    t.is(errors.length, 1);
    t.is(view.skipped.length, 1);
  });

  test(`${name}: a file that is cut off is dropped before its memory is touched`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    addWriter(t, directory, backend, 'good');
    const { path } = addWriter(t, directory, backend, 'cut');
    view.scan();
    truncateSync(path, 0);
    t.true(view.scan());
    t.deepEqual(values(), { 'good[]': [1] });
    t.true(errors[0] instanceof FileFormatError);
  });

  test(`${name}: a dead writer's file that is cut off is dropped before its memory is touched`, (t) => {
    const dead = { ...OBSERVER, startTicksOf: () => undefined, runs: () => false };
    const { directory, errors, view, values, liveness } = setUp(t, backend, dead);
    const { path, writer } = addWriter(t, directory, backend, 'cut');
    writer.mapping.close();
    t.true(view.scan());
    t.deepEqual(liveness(), ['dead']);
    t.false(view.scan());
    truncateSync(path, 8192);
    t.true(view.scan());
    t.deepEqual([values(), view.skipped.length], [{}, 1]);
    t.true(errors[0] instanceof FileFormatError);
    t.false(view.scan());
    t.is(errors.length, 1);
  });

  test(`${name}: a writer that seems dead, since it let go of a file that it made anew, is read on`, (t) => {
    const { directory, view, values } = setUp(t, backend, {
      ...OBSERVER,
      // Looked at between the new file's name and the word of the old one.
      startTicksOf: () => undefined,
      runs: () => false,
    });
    const old = addWriter(t, directory, backend, 'old');
    old.writer.mapping.close();
    view.scan();
    t.deepEqual(values(), { 'old[]': [1] });
    const next = addWriter(t, directory, backend, 'next');
    renameSync(next.path, old.path);
    t.true(view.scan());
    t.deepEqual(values(), { 'next[]': [1] });
  });

  test(`${name}: a bad file is looked at again, and told of again, when it is another`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    const good = addWriter(t, directory, backend, 'good');
    const bad = newWriterName(directory, 1, 0).final;
    mkdirSync(bad);
    for (let i = 0; i < 3; i++) view.scan();
    t.deepEqual(errors.map(errorCode), ['ENOTREG']);
    rmSync(bad, { recursive: true });
    writeFileSync(bad, 'junk');
    for (let i = 0; i < 3; i++) view.scan();
    t.deepEqual(errors.map(errorCode), ['ENOTREG', 'FileFormatError']);
    t.is(view.skipped.length, 1);
    renameSync(good.path, bad);
    t.true(view.scan());
    t.deepEqual([values(), view.skipped.length, errors.length], [{ 'good[]': [1] }, 0, 2]);
  });

  test(`${name}: a file that vanishes between listing and opening is no error`, (t) => {
    const vanishing: Backend = {
      ...backend,
      open(path, flushSequenceAt) {
        rmSync(path);
        return backend.open(path, flushSequenceAt);
      },
    };
    const { directory, errors, view, values } = setUp(t, vanishing);
    addWriter(t, directory, backend, 'brief');
    t.false(view.scan());
    t.deepEqual([values(), errors, view.skipped.length], [{}, [], 0]);
  });
}

test('a file that could not be opened for want of descriptors is opened when there are some', (t) => {
  const backend = loadBackend('file');
  let full = true;
  const narrow: Backend = {
    ...backend,
    open(path, flushSequenceAt) {
      if (full) throw new MappingError(path, 'EMFILE', 'cannot open the file');
      return backend.open(path, flushSequenceAt);
    },
  };
  const { directory, errors, view, values } = setUp(t, narrow);
  addWriter(t, directory, backend, 'late');
  view.scan();
  t.is(view.skipped.length, 1);
  t.deepEqual(errors.map(errorCode), ['EMFILE']);
  full = false;
  t.true(view.scan());
  t.deepEqual(values(), { 'late[]': [1] });
  t.is(view.skipped.length, 0);
});

test('without a descriptor to list the directory with, the files that are open serve', async (t) => {
  const path = fileURLToPath(new URL('../programs/scan-without-descriptors.js', import.meta.url));
  const child = spawn(
    'sh',
    ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, path, temporaryDirectory(t)],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  t.teardown(() => child.kill('SIGKILL'));
  t.deepEqual(await nextMessage(child), {
    first: 'EMFILE',
    none: { names: ['one'], errors: ['EMFILE'] },
    enough: { names: ['one', 'two'], errors: [] },
  });
});

test('files with news are a step each, others a few together', (t) => {
  const backend = loadBackend('file');
  const { directory, view } = setUp(t, backend);
  for (let i = 0; i < 8; i++) addWriter(t, directory, backend, `c${i}`);
  t.is([...view.steps()].length, 8);
  t.is([...view.steps()].length, 2);
});

test('a directory that is gone, or is none, is a typed error', (t) => {
  const { directory, view } = setUp(t, loadBackend('file'));
  rmSync(directory, { recursive: true });
  t.throws(() => view.scan(), { instanceOf: DirectoryError });
  writeFileSync(directory, '');
  t.throws(() => view.scan(), { instanceOf: DirectoryError });
});

test('who lives is asked at every scan until somebody is dead', (t) => {
  let running = true;
  const observer: Observer = {
    ...OBSERVER,
    startTicksOf: () => (running ? IDENTITY.startTicks : undefined),
    runs: () => running,
  };
  const backend = loadBackend('file');
  const { directory, view, liveness } = setUp(t, backend, observer);
  addWriter(t, directory, backend, 'c');
  view.scan();
  t.deepEqual(liveness(), ['live']);
  running = false;
  t.true(view.scan());
  t.deepEqual(liveness(), ['dead']);
  running = true;
  t.false(view.scan());
  t.deepEqual(liveness(), ['dead']);
});

test('a writer is labelled by its pid, and its thread where it is not the main one', (t) => {
  const backend = loadBackend('file');
  const { directory, view } = setUp(t, backend);
  addWriter(t, directory, backend, 'c', { pid: 12 });
  addWriter(t, directory, backend, 'c', { pid: 12, threadId: 3 });
  view.scan();
  t.deepEqual([...view.sources].map(({ writerLabel }) => writerLabel).sort(), ['12', '12-3']);
});
