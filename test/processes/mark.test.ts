import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FileFormatError } from '../../src/errors.js';
import type { FileHeader } from '../../src/format/header.js';
import { ABSORBED_AT, MARK_AT, Mark } from '../../src/format/layout.js';
import { newWriterName } from '../../src/processes/directory.js';
import { markAbsorbed, markFiles } from '../../src/processes/mark.js';
import { loadBackend } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { fileWriter, IDENTITY } from '../helpers/writers.js';

/** The file of a writer that has this identity, with the name that its pid gives it. */
function writerIn(
  t: ExecutionContext,
  directory: string,
  identity: Partial<FileHeader> = {},
): string {
  const { pid, threadId } = { ...IDENTITY, ...identity };
  const path = newWriterName(directory, pid, threadId).final;
  const { mapping } = fileWriter(loadBackend('file'), path, identity);
  t.teardown(() => mapping.close());
  return path;
}

const isMarked = (path: string) => readFileSync(path).readInt32LE(MARK_AT) === Mark.dead;

function mark(directory: string, pid: number): { marked: number; errors: unknown[] } {
  const errors: unknown[] = [];
  const marked = markFiles(directory, pid, IDENTITY, (error) => errors.push(error));
  return { marked, errors };
}

test('all files of a process are marked, those of its threads too, and no others', (t) => {
  const directory = temporaryDirectory(t);
  const own = [writerIn(t, directory), writerIn(t, directory, { threadId: 3 })];
  const others = [
    writerIn(t, directory, { pid: 4712 }),
    writerIn(t, directory, { host: 'another' }),
    writerIn(t, directory, { pidNamespace: 1 }),
  ];
  t.deepEqual(mark(directory, IDENTITY.pid), { marked: 2, errors: [] });
  t.deepEqual(own.map(isMarked), [true, true]);
  t.deepEqual(others.map(isMarked), [false, false, false]);
});

test('marking again, or a pid that has written nothing, is fine', (t) => {
  const directory = temporaryDirectory(t);
  const path = writerIn(t, directory);
  mark(directory, IDENTITY.pid);
  t.deepEqual(mark(directory, IDENTITY.pid), { marked: 1, errors: [] });
  t.deepEqual(mark(directory, 1), { marked: 0, errors: [] });
  t.true(isMarked(path));
});

test('a mark takes nothing from a file that says that it was absorbed', (t) => {
  const directory = temporaryDirectory(t);
  const path = writerIn(t, directory);
  markAbsorbed(path);
  mark(directory, IDENTITY.pid);
  t.true(isMarked(path));
  t.is(readFileSync(path).readInt32LE(ABSORBED_AT), 1);
});

test('a file that is none is told of, stays as it is, and keeps no other from its mark', (t) => {
  const directory = temporaryDirectory(t);
  const junk = newWriterName(directory, IDENTITY.pid, 0).final;
  writeFileSync(junk, 'no header');
  mkdirSync(join(directory, `${IDENTITY.pid}-0-0123456789abcdef.pmp`));
  const path = writerIn(t, directory);
  const { marked, errors } = mark(directory, IDENTITY.pid);
  t.is(marked, 1);
  t.is(errors.length, 2);
  t.true(errors.some((error) => error instanceof FileFormatError));
  t.true(isMarked(path));
  t.is(readFileSync(junk, 'latin1'), 'no header');
});
