import test from 'ava';
import { CapacityError, MappingError } from '../../src/errors.js';
import { CHUNK_UNIT_BYTES } from '../../src/format/layout.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { bytesMapping } from '../helpers/bytes-mapping.js';
import { valuesOf } from '../helpers/reading.js';
import { atEveryPublication, SnapshotMapping } from '../helpers/snapshots.js';
import { descriptor, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

function setUp(options?: { maxFileBytes?: number }) {
  const mapping = new SnapshotMapping();
  const writer = new Writer(mapping, IDENTITY, options);
  const read = (): Reader => {
    const reader = new Reader(bytesMapping(mapping.snapshot()));
    reader.update();
    return reader;
  };
  return { mapping, writer, read };
}

test('a writer of one metric and 200 series fits into 128 KiB', (t) => {
  const { writer } = setUp();
  const metric = writer.defineMetric(descriptor({ labelNames: ['a', 'b', 'c'] }));
  for (let i = 0; i < 200; i++)
    writer.addSeries(metric, ['GET', `/path/${i}`, '200'], 1, newHolder());
  t.is(writer.size, 2 * CHUNK_UNIT_BYTES);
});

test('several growths keep every earlier value where its holder points', (t) => {
  const { writer, read } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['i'] }));
  const holders = Array.from({ length: 30_000 }, (_, i) => {
    const holder = newHolder();
    writer.addSeries(metric, [String(i)], 1, holder);
    setSlot(holder, i);
    return holder;
  });
  t.true(writer.size > 8 * CHUNK_UNIT_BYTES, String(writer.size));
  for (const holder of holders) {
    holder.values[holder.index] = (holder.values[holder.index] as number) + 0.5;
  }
  const values = Object.values(valuesOf(read()));
  t.is(values.length, holders.length);
  t.true(values.every(([value], i) => value === i + 0.5));
});

test('a series whose labels are larger than a chunk grows the file', (t) => {
  const { writer, read } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const long = 'é'.repeat(CHUNK_UNIT_BYTES);
  for (const label of ['before', long, 'after']) {
    const holder = newHolder();
    writer.addSeries(metric, [label], 1, holder);
    setSlot(holder, label.length);
  }
  t.deepEqual(valuesOf(read()), {
    'c["before"]': [6],
    [`c["${long}"]`]: [CHUNK_UNIT_BYTES],
    'c["after"]': [5],
  });
});

test('a histogram whose block is larger than a chunk grows the file', (t) => {
  const { writer, read } = setUp();
  const buckets = Array.from({ length: 20_000 }, (_, i) => i);
  const metric = writer.defineMetric(descriptor({ name: 'h', type: 'histogram', buckets }));
  const holder = newHolder();
  writer.addSeries(metric, [], buckets.length + 2, holder);
  for (let i = 0; i < buckets.length + 2; i++) setSlot(holder, i, i);
  t.deepEqual(valuesOf(read()), { 'h[]': Array.from({ length: 20_002 }, (_, i) => i) });
});

test('a record over its limit is refused, and the writer goes on', (t) => {
  const { writer, read } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const holder = newHolder();
  t.throws(() => writer.addSeries(metric, ['x'.repeat(17 * 1024 * 1024)], 1, holder), {
    instanceOf: CapacityError,
  });
  t.is(holder.index, -1);
  writer.addSeries(metric, ['x'], 1, holder, [2]);
  t.deepEqual(valuesOf(read()), { 'c["x"]': [2] });
});

test('a file at its limit refuses more and keeps what it has', (t) => {
  const { writer, read } = setUp({ maxFileBytes: 3 * CHUNK_UNIT_BYTES });
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  let count = 0;
  const error = t.throws(
    () => {
      for (; ; count++) writer.addSeries(metric, [String(count)], 1, newHolder(), [count]);
    },
    { instanceOf: CapacityError },
  );
  t.regex(error?.message ?? '', /limit of 196608/);
  t.is(Object.keys(valuesOf(read())).length, count);
  t.true(count > 4000);
});

test('an extension that fails changes nothing, and serves when it succeeds', (t) => {
  let full = false;
  class Disk extends SnapshotMapping {
    override extend(offset: number, length: number): ArrayBuffer {
      if (full) throw new MappingError('disk', 'ENOSPC', 'no room');
      return super.extend(offset, length);
    }
  }
  const mapping = new Disk();
  const writer = new Writer(mapping, IDENTITY);
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  writer.addSeries(metric, ['a'], 1, newHolder(), [1]);
  const before = mapping.snapshot();
  full = true;
  const holder = newHolder();
  const label = 'x'.repeat(2 * CHUNK_UNIT_BYTES);
  t.throws(() => writer.addSeries(metric, [label], 1, holder, [2]), { code: 'ENOSPC' });
  t.is(holder.index, -1);
  const wide = new Array<number>(10_000).fill(3);
  t.throws(() => writer.addSeries(metric, ['wide'], 10_000, holder, wide), { code: 'ENOSPC' });
  const published = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 4096)).toString('hex');
  t.is(published(mapping.snapshot()), published(before));
  full = false;
  writer.addSeries(metric, [label], 1, holder, [2]);
  const reader = new Reader(bytesMapping(mapping.snapshot()));
  reader.update();
  t.deepEqual(valuesOf(reader), { 'c["a"]': [1], [`c["${label}"]`]: [2] });
});

test('the block of a removed series serves again, with its own values from the start', (t) => {
  const { writer, read } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const [first, second] = [newHolder(), newHolder()];
  const id = writer.addSeries(metric, ['old'], 1, first, [41]);
  const at = first.index;
  writer.removeSeries(id, 1, first);
  writer.addSeries(metric, ['new'], 1, second);
  t.is(second.index, at);
  t.deepEqual(valuesOf(read()), { 'c["new"]': [0] });
});

test('a block serves again only for the same number of slots', (t) => {
  const { writer } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const [narrow, wide, again] = [newHolder(), newHolder(), newHolder()];
  const id = writer.addSeries(metric, ['a'], 2, narrow);
  writer.removeSeries(id, 2, narrow);
  writer.addSeries(metric, ['b'], 3, wide);
  t.not(wide.index, narrow.index);
  writer.addSeries(metric, ['c'], 2, again);
  t.is(again.index, narrow.index);
});

test('at every publication a reader sees whole series with their first values', (t) => {
  const { mapping, writer, read } = setUp();
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const label = (i: number) => String(i).padEnd(9000, 'x');
  let looks = 0;
  let most = 0;
  const look = (): void => {
    looks++;
    const seen = Object.entries(valuesOf(read()));
    // Never fewer than before, in order, each with the value it was added with.
    t.true(seen.length >= most);
    most = seen.length;
    seen.forEach(([name, values], i) => {
      t.is(name, `c["${label(i)}"]`);
      t.deepEqual(values, [i + 1]);
    });
  };
  const sizeBefore = mapping.size;
  atEveryPublication(() => {
    for (let i = 0; i < 12; i++) writer.addSeries(metric, [label(i)], 1, newHolder(), [i + 1]);
  }, look);
  t.is(most, 12);
  t.true(looks > 24);
  t.true(mapping.size > sizeBefore);
});

test('whoever reads between a removal and the reuse of its slots can tell', (t) => {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, IDENTITY);
  const metric = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
  const reader = new Reader(mapping.reader());
  const holder = newHolder();
  const id = writer.addSeries(metric, ['old'], 1, holder, [41]);
  reader.update();
  t.deepEqual(valuesOf(reader), { 'c["old"]': [41] });
  writer.removeSeries(id, 1, holder);
  t.false(reader.slotsMoved);
  t.deepEqual(valuesOf(reader), { 'c["old"]': [41] });
  // What the reader knows says "old" of these slots until it is told that they moved.
  atEveryPublication(
    () => writer.addSeries(metric, ['new'], 1, holder, [7]),
    () => t.true(reader.slotsMoved || valuesOf(reader)['c["old"]']?.[0] === 41),
  );
  t.true(reader.slotsMoved);
  reader.update();
  t.false(reader.slotsMoved);
  t.deepEqual(valuesOf(reader), { 'c["new"]': [7] });
});
