// What is read of a file that comes by flushes is of one flush, on every backend.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FLUSH_SEQUENCE_AT, HEADER_BYTES, MARK_AT, REUSE_AT } from '../../src/format/layout.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { FlushedCopy } from '../../src/mapping/flushed-copy.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';

for (const name of expectedBackends()) {
  test(`${name}: what is flushed after a refresh shows at the next one only`, (t) => {
    const path = join(temporaryDirectory(t), 'f');
    writeFileSync(path, new Uint8Array(CHUNK_ALIGN_BYTES));
    const mapping = loadBackend(name).open(path, FLUSH_SEQUENCE_AT);
    t.teardown(() => mapping.close());
    mapping.follow({ flushed: true, headerBytes: HEADER_BYTES, reuseAt: REUSE_AT, marksAt: [] });
    const values = new Float64Array(mapping.map(0, CHUNK_ALIGN_BYTES));
    const fd = openSync(path, 'r+');
    t.teardown(() => closeSync(fd));
    writeSync(fd, new Uint8Array(Float64Array.of(1.5).buffer), 0, 8, HEADER_BYTES);
    writeSync(fd, new Uint8Array(Uint32Array.of(2).buffer), 0, 4, FLUSH_SEQUENCE_AT);
    t.is(values[HEADER_BYTES / 8], 0);
    mapping.refresh();
    t.is(values[HEADER_BYTES / 8], 1.5);
  });
}

test('a flush that comes while values are read makes them read again', (t) => {
  const file = new Float64Array(CHUNK_ALIGN_BYTES / 8);
  const bytes = new Uint8Array(file.buffer);
  const sequence = new Uint32Array(file.buffer, FLUSH_SEQUENCE_AT, 1);
  let reads = 0;
  const copy = new FlushedCopy(
    (target, offset) => {
      target.set(bytes.subarray(offset, offset + target.length));
      // The values, after the sequence.
      if (++reads !== 2) return;
      sequence[0] = 2;
      file[600] = 7;
    },
    FLUSH_SEQUENCE_AT,
    HEADER_BYTES,
  );
  const values = new Float64Array(copy.map(0, CHUNK_ALIGN_BYTES));
  t.is(values[600], 7);
});

test('an extent that is mapped after a further flush brings the others to that flush', (t) => {
  const file = new Float64Array((2 * CHUNK_ALIGN_BYTES) / 8);
  const bytes = new Uint8Array(file.buffer);
  const copy = new FlushedCopy(
    (target, offset) => {
      target.set(bytes.subarray(offset, offset + target.length));
    },
    FLUSH_SEQUENCE_AT,
    HEADER_BYTES,
  );
  const words = new Int32Array(copy.map(0, CHUNK_ALIGN_BYTES));
  new Uint32Array(file.buffer, FLUSH_SEQUENCE_AT, 1)[0] = 2;
  new Int32Array(file.buffer, REUSE_AT, 1)[0] = 1;
  copy.map(CHUNK_ALIGN_BYTES, CHUNK_ALIGN_BYTES);
  t.is(words[REUSE_AT / 4], 1);
});

/** A file of two extents, of which the first is mapped; `between` runs after each read. */
function flushedScene() {
  const file = new Float64Array((2 * CHUNK_ALIGN_BYTES) / 8);
  const bytes = new Uint8Array(file.buffer);
  let reads = 0;
  const scene = {
    bytes,
    shown: bytes,
    /** Bytes that were read since this was asked last. */
    reads: () => {
      const before = reads;
      reads = 0;
      return before;
    },
    sequence: new Uint32Array(file.buffer, FLUSH_SEQUENCE_AT, 1),
    between: (): void => {},
    copy: new FlushedCopy(
      (target, offset) => {
        target.set(bytes.subarray(offset, offset + target.length));
        reads += target.length;
        scene.between();
      },
      FLUSH_SEQUENCE_AT,
      HEADER_BYTES,
    ),
  };
  scene.shown = new Uint8Array(scene.copy.map(0, CHUNK_ALIGN_BYTES));
  scene.reads();
  return scene;
}

test('a file that is flushed during every reading is unsettled until one lies between two flushes', (t) => {
  const scene = flushedScene();
  t.false(scene.copy.unsettled);
  scene.sequence[0] = 2;
  scene.between = () => {
    scene.sequence[0] = (scene.sequence[0] as number) + 2;
  };
  scene.copy.refresh();
  t.true(scene.copy.unsettled);
  scene.between = () => {};
  scene.reads();
  scene.copy.refresh();
  t.false(scene.copy.unsettled);
  t.true(scene.reads() > CHUNK_ALIGN_BYTES);
});

test('an extent that is mapped meanwhile does not settle what is unsettled', (t) => {
  const scene = flushedScene();
  scene.sequence[0] = 2;
  scene.between = () => {
    scene.sequence[0] = (scene.sequence[0] as number) + 2;
  };
  scene.copy.refresh();
  scene.between = () => {};
  scene.bytes[CHUNK_ALIGN_BYTES - 1] = 7;
  scene.copy.map(CHUNK_ALIGN_BYTES, CHUNK_ALIGN_BYTES);
  t.true(scene.copy.unsettled);
  scene.copy.refresh();
  t.false(scene.copy.unsettled);
  t.is(scene.shown[CHUNK_ALIGN_BYTES - 1], 7);
});

test('what a writer left that died in a flush is settled', (t) => {
  const { sequence, copy } = flushedScene();
  sequence[0] = 5;
  copy.refresh();
  t.false(copy.unsettled);
});

test('without a flush the header alone is read again, where others leave their marks', (t) => {
  const scene = flushedScene();
  scene.bytes[MARK_AT] = 7;
  scene.copy.refresh();
  t.is(scene.shown[MARK_AT], 7);
  t.is(scene.reads(), HEADER_BYTES);
});

test('after a flush everything is read again', (t) => {
  const scene = flushedScene();
  scene.bytes[CHUNK_ALIGN_BYTES - 1] = 7;
  scene.sequence[0] = 2;
  scene.copy.refresh();
  t.is(scene.shown[CHUNK_ALIGN_BYTES - 1], 7);
  const sequenceBytes = 4;
  t.is(scene.reads(), HEADER_BYTES + CHUNK_ALIGN_BYTES + sequenceBytes);
});
