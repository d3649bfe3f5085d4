import test from 'ava';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors.js';
import {
  CHUNK_COUNT_AT,
  CHUNK_TABLE_AT,
  CHUNK_UNIT_BYTES,
  COMMIT_AT,
  HEADER_BYTES,
} from '../../src/format/layout.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { bytesMapping } from '../helpers/bytes-mapping.js';
import { holds } from '../helpers/holds.js';
import { valuesOf } from '../helpers/reading.js';
import { SnapshotMapping } from '../helpers/snapshots.js';
import { descriptor, IDENTITY, newHolder } from '../helpers/writers.js';

const FIRST_RECORD_AT = CHUNK_UNIT_BYTES;

function setUp() {
  const mapping = new SnapshotMapping();
  const writer = new Writer(mapping, IDENTITY);
  return { mapping, writer };
}

/** A file of three series of two metrics. */
function file(): Uint8Array {
  const { mapping, writer } = setUp();
  const counter = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const histogram = writer.defineMetric(
    descriptor({ name: 'h', type: 'histogram', buckets: [1, 2] }),
  );
  const removed = newHolder();
  const id = writer.addSeries(counter, ['gone'], 1, removed);
  writer.addSeries(counter, ['a'], 1, newHolder(), [1]);
  writer.addSeries(histogram, [], 4, newHolder(), [1, 2, 3, 4]);
  writer.removeSeries(id, 1, removed);
  writer.setDefaultLabels(counter, [['app', 'x']]);
  return mapping.snapshot();
}

function read(bytes: Uint8Array): Record<string, number[]> {
  const reader = new Reader(bytesMapping(bytes, 'bad.pmp'));
  reader.update();
  return valuesOf(reader);
}

function changed(at: number, value: number): Uint8Array {
  const bytes = file();
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
}

test('what was parsed once is the same object at the next update', (t) => {
  const { mapping, writer } = setUp();
  const reader = new Reader(mapping.reader());
  const metric = writer.defineMetric(descriptor({ labelNames: ['l'] }));
  writer.addSeries(metric, ['a'], 1, newHolder());
  reader.update();
  const { contents } = reader;
  const [first] = reader.series;
  reader.update();
  t.is(reader.contents, contents);
  writer.addSeries(metric, ['b'], 1, newHolder());
  reader.update();
  t.not(reader.contents, contents);
  t.is(reader.series.length, 2);
  t.is(reader.series[0], first);
  t.is(reader.series[1]?.metric, first?.metric);
});

test('removed series, retired metrics and changed default labels are as the writer says last', (t) => {
  const { mapping, writer } = setUp();
  const reader = new Reader(mapping.reader());
  const [kept, retired] = ['kept', 'retired'].map((name) =>
    writer.defineMetric(descriptor({ name, labelNames: ['l'] })),
  ) as [number, number];
  const holder = newHolder();
  const id = writer.addSeries(kept, ['a'], 1, holder);
  writer.addSeries(kept, ['b'], 1, newHolder());
  writer.addSeries(retired, ['c'], 1, newHolder());
  writer.setDefaultLabels(kept, [['app', 'one']]);
  reader.update();
  t.deepEqual(
    reader.series.map(({ labelValues }) => labelValues[0]),
    ['a', 'b', 'c'],
  );
  writer.removeSeries(id, 1, holder);
  writer.retireMetric(retired);
  writer.setDefaultLabels(kept, [['app', 'two']]);
  reader.update();
  t.deepEqual(
    reader.series.map(({ labelValues }) => labelValues[0]),
    ['b'],
  );
  t.deepEqual(
    reader.metrics.map(({ name, defaultLabels }) => ({ name, defaultLabels })),
    [{ name: 'kept', defaultLabels: [['app', 'two']] }],
  );
});

test('nothing beyond the commit word is looked at', (t) => {
  const bytes = file();
  const committed = new DataView(bytes.buffer).getUint32(COMMIT_AT, true);
  const before = read(bytes);
  bytes.fill(0xff, FIRST_RECORD_AT + committed);
  t.deepEqual(read(bytes), before);
});

const LIES: Record<string, Uint8Array> = {
  'no chunk at all': changed(CHUNK_COUNT_AT, 0),
  'a chunk more than the file has bytes for': changed(CHUNK_COUNT_AT, 3),
  'more chunks than the table has entries': changed(CHUNK_COUNT_AT, 897),
  'a negative number of chunks': changed(CHUNK_COUNT_AT, 0xffffffff),
  'a first chunk of records': changed(CHUNK_TABLE_AT, (2 << 24) | 1),
  'a first chunk of two units': changed(CHUNK_TABLE_AT, (1 << 24) | 2),
  'a chunk of no length': changed(CHUNK_TABLE_AT + 4, 2 << 24),
  'a chunk of a terabyte': changed(CHUNK_TABLE_AT + 4, (2 << 24) | 0xffffff),
  'no chunk of records': changed(CHUNK_TABLE_AT + 4, (1 << 24) | 1),
  'more committed than was written': changed(COMMIT_AT, 4096),
  'more committed than the chunk holds': changed(COMMIT_AT, CHUNK_UNIT_BYTES + 8),
  'half a word committed': changed(COMMIT_AT, 4),
  'a negative number of committed bytes': changed(COMMIT_AT, 0x80000000),
};
for (const [what, bytes] of Object.entries(LIES)) {
  test(`a file that claims ${what} is refused`, (t) => {
    t.throws(() => read(bytes), { instanceOf: FileFormatError, message: /bad\.pmp/ });
  });
}

test('a file of which the first chunk is cut off is refused', (t) => {
  for (const length of [0, 1, HEADER_BYTES - 1, HEADER_BYTES, CHUNK_UNIT_BYTES - 1]) {
    t.throws(() => read(file().subarray(0, length)), { instanceOf: FileFormatError });
  }
});

for (const [what, slot] of [
  ['in the header', 0],
  ['across the end of its chunk', CHUNK_UNIT_BYTES / 8 - 1],
  ['among records', CHUNK_UNIT_BYTES / 8],
  ['beyond the file', 0xffffffff],
] as const) {
  test(`a series whose block lies ${what} is refused`, (t) => {
    const { mapping, writer } = setUp();
    const metric = writer.defineMetric(descriptor({ type: 'summary' }));
    const bytesBefore = mapping.snapshot();
    writer.addSeries(metric, [], 2, newHolder());
    const bytes = mapping.snapshot();
    const at = FIRST_RECORD_AT + new DataView(bytesBefore.buffer).getUint32(COMMIT_AT, true);
    new DataView(bytes.buffer).setUint32(at + 12, slot, true);
    t.throws(() => read(bytes), { instanceOf: FileFormatError });
  });
}

test('records that name series and metrics that are not there are refused', (t) => {
  const additions: ((writer: Writer) => void)[] = [
    (writer) => writer.removeSeries(5, 1, newHolder()),
    (writer) => writer.retireMetric(5),
    (writer) => writer.setDefaultLabels(5, [['a', 'b']]),
    (writer) => void writer.addSeries(5, [], 1, newHolder()),
  ];
  for (const add of additions) {
    const { mapping, writer } = setUp();
    add(writer);
    t.throws(() => read(mapping.snapshot()), { instanceOf: FileFormatError });
  }
});

test('a commit word that goes back is refused', (t) => {
  const bytes = file();
  const reader = new Reader(bytesMapping(bytes));
  reader.update();
  new DataView(bytes.buffer).setUint32(COMMIT_AT, 0, true);
  t.throws(() => reader.update(), { instanceOf: FileFormatError });
});

test('a file that is cut off under its reader is refused before its memory is touched', (t) => {
  let bytes = file();
  const reader = new Reader({
    ...bytesMapping(bytes),
    size: () => bytes.length,
    reaches: (end) => bytes.length >= end,
  });
  reader.update();
  bytes = bytes.subarray(0, CHUNK_UNIT_BYTES);
  t.throws(() => reader.update(), { instanceOf: FileFormatError, message: /cut off/ });
});

test('a file with any changed bytes is read or refused, and what is read lies within it', (t) => {
  const original = file();
  const end = FIRST_RECORD_AT + new DataView(original.buffer).getUint32(COMMIT_AT, true);
  const interesting = fc.oneof(
    fc.integer({ min: 0, max: CHUNK_TABLE_AT + 16 }),
    fc.integer({ min: FIRST_RECORD_AT, max: end - 1 }),
  );
  const change = fc.tuple(interesting, fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 255)));
  holds(
    t,
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const bytes = original.slice();
      for (const [at, value] of changes) bytes[at] = value;
      try {
        const values = Object.values(read(bytes));
        t.true(values.every((block) => block.every((value) => typeof value === 'number')));
      } catch (error) {
        if (!(error instanceof FileFormatError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  t.pass();
});
