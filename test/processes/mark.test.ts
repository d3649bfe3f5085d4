import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FileFormatError } from '../../src/errors.js';
import type { FileHeader } from '../../src/format/header.js';
import { ABSORBED_AT, MARK_AT, Mark } from '../../src/format/layout.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Observer } from '../../src/processes/liveness.js';
import { markAbsorbed, markEnded, markFiles } from '../../src/processes/mark.js';
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

test('those that have ended are marked, by pid and start, and nobody who may run', (t) => {
  const directory = temporaryDirectory(t);
  const running = new Map([
    [11, 500],
    [12, 500],
  ]);
  const observer: Observer = {
    self: IDENTITY,
    nowMs: () => 0,
    startTicksOf: (pid) => running.get(pid),
    runs: (pid) => running.has(pid),
  };
  const file = (identity: Partial<FileHeader>) => writerIn(t, directory, identity);
  const ended = [
    file({ pid: 10, startTicks: 500 }),
    file({ pid: 10, startTicks: 500, threadId: 3 }),
    // The pid was used again.
    file({ pid: 11, startTicks: 400 }),
  ];
  const others = [
    file({ pid: 11, startTicks: 500 }),
    file({ pid: 12, startTicks: 500, threadId: 1 }),
    // Of these the process table says nothing.
    file({ pid: 10, startTicks: 500, pidNamespace: 1 }),
    file({ pid: 10, startTicks: 500, bootId: 'ff'.repeat(16) }),
  ];
  const errors: unknown[] = [];
  t.is(
    markEnded(directory, observer, (error) => errors.push(error)),
    ended.length,
  );
  t.deepEqual(errors, []);
  t.deepEqual(ended.map(isMarked), [true, true, true]);
  t.deepEqual(others.map(isMarked), [false, false, false, false]);
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
