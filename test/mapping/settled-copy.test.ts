// A copy of a file that its writer changes while it is read: the file is an array, and
// `between` runs after every read, so that each test says what changed between which reads.

import test from 'ava';
import { MAX_READ_ATTEMPTS, MAX_SETTLE_READS } from '../../src/limits.js';
import { SettledCopy } from '../../src/mapping/settled-copy.js';

const HEADER_BYTES = 4096;
const REUSE_AT = 268;
const EXTENT_BYTES = 65536;
const FIRST = HEADER_BYTES / 8;

function scene() {
  const file = new Float64Array(EXTENT_BYTES / 8);
  const bytes = new Uint8Array(file.buffer);
  const scene = {
    file,
    words: new Int32Array(file.buffer),
    reads: 0,
    between: (_read: number): void => {},
    copy: new SettledCopy(
      (target, offset) => {
        target.set(bytes.subarray(offset, offset + target.length));
        scene.between(++scene.reads);
      },
      { flushed: false, headerBytes: HEADER_BYTES, reuseAt: REUSE_AT, marksAt: [] },
    ),
  };
  return scene;
}

test('a value of which one read gave half is read again', (t) => {
  const s = scene();
  const values = new Float64Array(s.copy.map(0, EXTENT_BYTES));
  const torn = 2 * (FIRST + 3);
  s.file[FIRST + 3] = 1.5;
  s.words[torn] = 0x7777;
  s.reads = 0;
  // The header, then the values: after that the other half is there.
  s.between = (read) => {
    if (read === 2) s.file[FIRST + 3] = 2.5;
  };
  s.copy.refresh();
  t.is(values[FIRST + 3], 2.5);
});

test('value and time are of one set though one of them was at rest already', (t) => {
  const s = scene();
  s.file.set([10, 1], FIRST);
  const values = new Float64Array(s.copy.map(0, EXTENT_BYTES));
  s.copy.pair([HEADER_BYTES]);
  s.file.set([10, 2], FIRST);
  s.reads = 0;
  s.between = (read) => {
    if (read === 2) s.file.set([30, 3], FIRST);
    if (read === 3) s.file[FIRST] = 40;
    if (read === 4) s.file[FIRST + 1] = 4;
  };
  s.copy.refresh();
  t.deepEqual([...values.subarray(FIRST, FIRST + 2)], [40, 4]);
});

test('a pair that was read before it was known to be one is read again', (t) => {
  const s = scene();
  s.file.set([10, 1], FIRST);
  const values = new Float64Array(s.copy.map(0, EXTENT_BYTES));
  s.file.set([20, 2], FIRST);
  s.copy.pair([HEADER_BYTES]);
  t.deepEqual([...values.subarray(FIRST, FIRST + 2)], [20, 2]);
});

test('slots that are given away while a pair is read again are told of', (t) => {
  const s = scene();
  const words = new Int32Array(s.copy.map(0, EXTENT_BYTES));
  s.words[REUSE_AT / 4] = 3;
  s.copy.pair([HEADER_BYTES]);
  t.is(words[REUSE_AT / 4], 3);
});

test('a value that never rests costs a bounded number of reads', (t) => {
  const s = scene();
  const values = new Float64Array(s.copy.map(0, EXTENT_BYTES));
  s.reads = 0;
  s.between = (read) => {
    s.file[FIRST] = read;
  };
  s.file[FIRST] = -1;
  s.copy.refresh();
  t.true(s.reads <= MAX_SETTLE_READS + 4, `${s.reads} reads`);
  t.true((values[FIRST] as number) > 0);
});

test('slots that are given away while values are read make it begin again', (t) => {
  const s = scene();
  const mapped = s.copy.map(0, EXTENT_BYTES);
  s.reads = 0;
  s.between = (read) => {
    if (read !== 2) return;
    s.words[REUSE_AT / 4] = 1;
    s.file[FIRST] = 7;
  };
  s.copy.refresh();
  t.is(new Int32Array(mapped)[REUSE_AT / 4], 1);
  t.is(new Float64Array(mapped)[FIRST], 7);
});

test('slots that are given away all the time are read a bounded number of times', (t) => {
  const s = scene();
  s.copy.map(0, EXTENT_BYTES);
  s.reads = 0;
  s.between = (read) => {
    s.words[REUSE_AT / 4] = read;
  };
  s.copy.refresh();
  t.true(s.reads <= MAX_READ_ATTEMPTS * (MAX_SETTLE_READS + 2), `${s.reads} reads`);
  t.true(s.copy.unsettled);
  s.between = () => {};
  s.copy.refresh();
  t.false(s.copy.unsettled);
});

test('what has not changed is read once', (t) => {
  const s = scene();
  s.file.fill(3, FIRST);
  s.copy.map(0, EXTENT_BYTES);
  s.reads = 0;
  s.copy.refresh();
  // Header, values, and the word that tells of slots given away.
  t.is(s.reads, 3);
});
