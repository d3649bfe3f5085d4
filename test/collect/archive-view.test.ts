import { renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FileFormatError } from '../../src/errors.js';
import { COMMIT_AT, FileKind } from '../../src/format/layout.js';
import { ARCHIVE_NAME } from '../../src/processes/directory.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { openDescriptors } from '../helpers/descriptors.js';
import { addWriter, setUp } from '../helpers/directory-views.js';
import { patchFile, word } from '../helpers/patch-file.js';

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`${name}: an archive that is cut off is dropped before its memory is touched`, (t) => {
    const { directory, errors, view, values } = setUp(t, backend);
    const { path } = addWriter(t, directory, backend, 'old', { kind: FileKind.archive });
    const archive = join(directory, ARCHIVE_NAME);
    renameSync(path, archive);
    view.scan();
    t.deepEqual(values(), { 'old[]': [1] });
    truncateSync(archive, 8192);
    t.false(view.isStable());
    t.true(view.scan());
    t.true(view.isStable());
    view.scan();
    t.deepEqual([values(), view.skipped.length, errors.length], [{}, 1, 1]);
  });

  test(`${name}: an archive whose records are bad is told of once, and closed`, (t) => {
    const { directory, errors, view } = setUp(t, backend);
    const { path } = addWriter(t, directory, backend, 'old', { kind: FileKind.archive });
    const archive = join(directory, ARCHIVE_NAME);
    renameSync(path, archive);
    patchFile(archive, COMMIT_AT, word(0x7fffff00));
    const descriptors = () => openDescriptors().filter(([, open]) => open === archive).length;
    const before = descriptors();
    for (let i = 0; i < 3; i++) {
      view.scan();
      t.is(view.skipped.length, 1);
    }
    t.is(errors.length, 1);
    t.true(errors[0] instanceof FileFormatError);
    t.is(descriptors(), before);
  });
}
