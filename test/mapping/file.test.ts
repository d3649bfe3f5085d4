// The file backend's flushes as a reader meets them: begun, ended, never ended. Waiting
// is replaced, so that the test says what happens meanwhile; tests of this file run one
// after the other for that reason.

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MappingError } from '../../src/errors.js';
import { FLUSH_SEQUENCE_AT } from '../../src/format/layout.js';
import { CHUNK_ALIGN_BYTES, MAX_FLUSH_ATTEMPTS } from '../../src/limits.js';
import { loadBackend } from '../helpers/backends.js';
import { openDescriptors } from '../helpers/descriptors.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

const backend = loadBackend('file');

/** Puts `waited` in the place of every pause of a reader until the test ends. */
function onPause(t: ExecutionContext, waited: () => void): void {
  const wait = Atomics.wait;
  t.teardown(() => {
    Atomics.wait = wait;
  });
  Atomics.wait = () => {
    waited();
    return 'timed-out';
  };
}

/** A file in which a flush is under way: odd sequence, one of two values written. */
function halfFlushed(t: ExecutionContext): {
  path: string;
  store(at: number, bytes: Uint8Array): void;
} {
  const path = join(temporaryDirectory(t), 'f');
  writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES));
  const fd = openSync(path, 'r+');
  t.teardown(() => closeSync(fd));
  const store = (at: number, bytes: Uint8Array) => void writeSync(fd, bytes, 0, bytes.length, at);
  store(FLUSH_SEQUENCE_AT, word(1));
  store(4096, double(1));
  return { path, store };
}

const word = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
const double = (value: number) => new Uint8Array(new Float64Array([value]).buffer);

test.serial('a reader waits for a flush that is under way and reads all of it', (t) => {
  const { path, store } = halfFlushed(t);
  let pauses = 0;
  onPause(t, () => {
    if (++pauses < 3) return;
    store(4104, double(2));
    store(FLUSH_SEQUENCE_AT, word(2));
  });
  const mapping = backend.open(path, FLUSH_SEQUENCE_AT);
  t.teardown(() => mapping.close());
  const values = new Float64Array(mapping.map(0, CHUNK_ALIGN_BYTES));
  t.deepEqual([values[512], values[513]], [1, 2]);
  t.is(pauses, 3);
});

test.serial(
  'a flush that never ends is waited for once, and its file is read all the same',
  (t) => {
    const { path, store } = halfFlushed(t);
    let pauses = 0;
    onPause(t, () => pauses++);
    const mapping = backend.open(path, FLUSH_SEQUENCE_AT);
    t.teardown(() => mapping.close());
    const values = new Float64Array(mapping.map(0, CHUNK_ALIGN_BYTES));
    t.is(pauses, MAX_FLUSH_ATTEMPTS);
    for (let i = 0; i < 5; i++) mapping.refresh();
    t.is(pauses, MAX_FLUSH_ATTEMPTS);
    t.deepEqual([values[512], values[513]], [1, 0]);

    // It was only slow: its next flush is waited for again.
    store(4104, double(2));
    store(FLUSH_SEQUENCE_AT, word(2));
    mapping.refresh();
    t.deepEqual([values[512], values[513]], [1, 2]);
    store(FLUSH_SEQUENCE_AT, word(3));
    mapping.refresh();
    t.is(pauses, 2 * MAX_FLUSH_ATTEMPTS);
  },
);

test('a flush leaves the sequence even and another than before', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const mapping = backend.create(path, CREATE_OPTIONS);
  t.teardown(() => mapping.close());
  mapping.extend(0, CHUNK_ALIGN_BYTES);
  const region = mapping.track(4096, 4096);
  const sequences = [1, 2, 3].map(() => {
    region?.mark(512, 512);
    mapping.flush();
    return readFileSync(path).readUInt32LE(FLUSH_SEQUENCE_AT);
  });
  t.deepEqual(sequences, [2, 4, 6]);
  mapping.flush();
  t.is(readFileSync(path).readUInt32LE(FLUSH_SEQUENCE_AT), 6);
});

test('a region that lies in no extent is refused', (t) => {
  const mapping = backend.create(join(temporaryDirectory(t), 'f'), CREATE_OPTIONS);
  t.teardown(() => mapping.close());
  mapping.extend(0, CHUNK_ALIGN_BYTES);
  t.throws(() => mapping.track(CHUNK_ALIGN_BYTES, 8), { instanceOf: RangeError });
});

test('a flush in the background that fails is told with its code', async (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const told = new Promise<unknown>((resolve) => {
    const mapping = backend.create(path, { ...CREATE_OPTIONS, onFlushError: resolve });
    mapping.extend(0, CHUNK_ALIGN_BYTES);
    const region = mapping.track(4096, 4096);
    closeSync(descriptorOf(path));
    region?.mark(512, 512);
  });
  const error = await told;
  t.true(error instanceof MappingError);
  t.is((error as MappingError).code, 'EBADF');
});

/** The number of this process's descriptor of a file. */
function descriptorOf(path: string): number {
  return Number(openDescriptors().find(([, one]) => one === path)?.[0]);
}
