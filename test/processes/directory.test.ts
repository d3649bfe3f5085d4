import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import test from 'ava';
import { DirectoryError, errorCode } from '../../src/errors.js';
import {
  directoryFromEnvironment,
  ensureDirectory,
  listEntries,
  listWriters,
  newWriterName,
  requireDirectory,
} from '../../src/processes/directory.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

const UPPER = 'PROMETHEUS_MULTIPROC_DIR';
const LOWER = 'prometheus_multiproc_dir';

function fromEnvironment(env: NodeJS.ProcessEnv): {
  directory: string | undefined;
  warnings: string[];
} {
  const warnings: string[] = [];
  const directory = directoryFromEnvironment(env, (message) => warnings.push(message));
  return { directory, warnings };
}

test('the variable names the directory, from where the process is', (t) => {
  t.deepEqual(fromEnvironment({ [UPPER]: '/a/b' }), { directory: '/a/b', warnings: [] });
  t.is(fromEnvironment({ [UPPER]: 'rel/ative' }).directory, resolve('rel/ative'));
});

test('a variable that is not set or empty names none', (t) => {
  for (const env of [{}, { [UPPER]: '' }, { [LOWER]: '' }, { [UPPER]: '', [LOWER]: '' }]) {
    t.deepEqual(fromEnvironment(env), { directory: undefined, warnings: [] });
  }
});

test('the lower-case variable serves with one warning that names the other', (t) => {
  const { directory, warnings } = fromEnvironment({ [LOWER]: '/low' });
  t.is(directory, '/low');
  t.is(warnings.length, 1);
  t.true(warnings[0]?.includes(UPPER));
  t.deepEqual(fromEnvironment({ [UPPER]: '/up', [LOWER]: '/low' }), {
    directory: '/up',
    warnings: [],
  });
});

test('a directory is made with its parents, and made again without harm', (t) => {
  const path = join(temporaryDirectory(t), 'a', 'b');
  ensureDirectory(path);
  ensureDirectory(path);
  t.true(statSync(path).isDirectory());
  requireDirectory(path);
});

test('a path that is, or lies under, a file cannot become a directory', (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    const error = t.throws(() => ensureDirectory(path), { instanceOf: DirectoryError });
    t.is(error?.path, path);
    t.regex(error?.message ?? '', /it is, or lies under, a file/);
  }
});

test('a directory that is required is missed, or found to be something else, by a typed error', (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const cases = [
    [join(directory, 'missing'), /does not exist/],
    [file, /is not a directory/],
    // Newer versions of Node.js do not tell the one from the other.
    [join(file, 'below'), /lies under, a file|does not exist/],
  ] as const;
  for (const [path, message] of cases) {
    const error = t.throws(() => requireDirectory(path), { instanceOf: DirectoryError, message });
    t.is(error?.path, path);
  }
});

test("a directory that cannot be listed is a typed error with the system's code", (t) => {
  const missing = join(temporaryDirectory(t), 'missing');
  const error = t.throws(() => listWriters(missing), { instanceOf: DirectoryError });
  t.is(errorCode(error), 'ENOENT');
});

test('a new writer has a name that no other has, hidden at first', (t) => {
  const names = Array.from({ length: 100 }, () => newWriterName('/dir', 12, 3));
  for (const { temporary, final } of names) {
    t.regex(basename(final), /^12-3-[0-9a-f]{16}\.pmp$/);
    t.true(basename(temporary).startsWith('.'));
    t.is(dirname(temporary), '/dir');
  }
  t.is(new Set(names.map(({ final }) => final)).size, names.length);
});

test('writers are listed by name, and all else is passed over', (t) => {
  const directory = temporaryDirectory(t);
  const first = newWriterName(directory, 7, 0);
  const second = newWriterName(directory, 10, 4);
  const others = ['archive.pmp', 'notes.txt', '7-0-0123.pmp', '7-0-0123456789abcdef.pmp.bak'];
  for (const path of [first.final, second.final, second.temporary]) writeFileSync(path, '');
  for (const name of others) writeFileSync(join(directory, name), '');
  mkdirSync(join(directory, 'sub'));
  t.deepEqual(
    listWriters(directory),
    [
      { path: first.final, pid: 7 },
      { path: second.final, pid: 10 },
    ].sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
  t.true(existsSync(second.temporary));
});

test('every name in a directory is told apart', (t) => {
  const directory = temporaryDirectory(t);
  const kinds = {
    '.1-0-0123456789abcdef.pmp.new': 'unfinished',
    '.archive.pmp-0123456789abcdef.new': 'unfinished',
    '.compact.lock': 'lock',
    '.notes.new': 'foreign',
    '1-0-0123456789abcdef.pmp': 'writer',
    '1-0-0123456789abcdef.pmp.bak': 'foreign',
    '1-0-0123456789abcdeg.pmp': 'foreign',
    'archive.pmp': 'archive',
    'archive.pmp.bad-01234567': 'bad archive',
    'archive.pmp.bad-mine': 'foreign',
  };
  for (const name of Object.keys(kinds)) writeFileSync(join(directory, name), '');
  const listed = listEntries(directory).map(({ name, kind }) => [name, kind]);
  t.deepEqual(listed, Object.entries(kinds));
});
