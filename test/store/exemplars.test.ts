// Exemplars in a file: where they are, whose they are, and what a bad one costs.

import { join } from 'node:path';
import test from 'ava';
import { CapacityError, FileFormatError } from '../../src/errors.js';
import { EXEMPLAR_SLOTS } from '../../src/format/exemplars.js';
import { CHUNK_UNIT_BYTES, ChunkKind } from '../../src/format/layout.js';
import { encodeRecord, RecordKind } from '../../src/format/records.js';
import { MAX_EXEMPLARS } from '../../src/limits.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import type { Exemplar } from '../../src/model/exemplar.js';
import { FileSource } from '../../src/processes/file-source.js';
import { writeExemplar } from '../../src/store/exemplar-writer.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { bytesMapping } from '../helpers/bytes-mapping.js';
import { exemplar } from '../helpers/exemplars.js';
import { SnapshotMapping } from '../helpers/snapshots.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder } from '../helpers/writers.js';

const COUNTER = descriptor({ name: 'c', labelNames: ['l'] });
const HISTOGRAM = descriptor({ name: 'h', type: 'histogram', buckets: [1, 2] });

/** Exemplars by `name{label values}`, each by bucket. */
function exemplarsOf(source: FileSource): Record<string, (Exemplar | undefined)[]> {
  return Object.fromEntries(
    source.contents.series.flatMap(({ metric, labelValues, exemplarSlots }) => {
      if (exemplarSlots === undefined) return [];
      const read = exemplarSlots.map((slot) =>
        slot === undefined ? undefined : source.exemplar(slot).read(),
      );
      return [[`${metric.name}${JSON.stringify(labelValues)}`, [...read]]];
    }),
  );
}

function inMemory() {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, IDENTITY);
  const counter = writer.defineMetric(COUNTER);
  const add = (label: string) => {
    const holder = newHolder();
    const id = writer.addSeries(counter, [label], 1, holder, [1]);
    return { id, holder };
  };
  return { mapping, writer, add };
}

for (const writing of expectedBackends()) {
  for (const reading of expectedBackends()) {
    test(`what ${writing} wrote is read by ${reading}, again when it has changed`, (t) => {
      const path = join(temporaryDirectory(t), 'w');
      const writer = fileWriter(loadBackend(writing), path);
      t.teardown(() => writer.mapping.close());
      const counter = writer.addSeries(writer.defineMetric(COUNTER), ['a'], 1, newHolder(), [1]);
      const histogram = writer.addSeries(writer.defineMetric(HISTOGRAM), [], 4, newHolder());
      const block = writer.addExemplar(counter, 0, exemplar('one', 1000));
      writer.addExemplar(histogram, 2, exemplar('far', 3000, 7));
      writer.mapping.flush();
      const source = FileSource.open(loadBackend(reading), path);
      t.teardown(() => source.reader.close());
      source.update();
      t.deepEqual(exemplarsOf(source), {
        'c["a"]': [exemplar('one', 1000)],
        'h[]': [undefined, undefined, exemplar('far', 3000, 7)],
      });
      writeExemplar(block, exemplar('two, and longer', 2000, 0.5));
      writer.addExemplar(histogram, 0, exemplar('near', 4000));
      writer.mapping.flush();
      source.update();
      t.deepEqual(exemplarsOf(source), {
        'c["a"]': [exemplar('two, and longer', 2000, 0.5)],
        'h[]': [exemplar('near', 4000), undefined, exemplar('far', 3000, 7)],
      });
    });
  }
}

test('a file without exemplars has no chunk for them', (t) => {
  const { mapping, add, writer } = inMemory();
  const { id } = add('a');
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  const before = writer.size;
  writer.addExemplar(id, 0, exemplar('x', 1));
  t.is(before, 2 * CHUNK_UNIT_BYTES);
  t.is(writer.size, 3 * CHUNK_UNIT_BYTES);
});

test("a removed series' place serves for another, and shows nothing of what it was", (t) => {
  const { mapping, writer, add } = inMemory();
  const source = new FileSource(new Reader(mapping.reader()));
  const old = add('old');
  const block = writer.addExemplar(old.id, 0, exemplar('old and long enough to stay', 1000));
  source.update();
  writer.removeSeries(old.id, 1, old.holder, [block]);
  const fresh = add('new');
  t.true(source.slotsMoved);
  source.update();
  t.deepEqual(exemplarsOf(source), {});
  t.deepEqual(writer.addExemplar(fresh.id, 0, exemplar('n', 1)), block);
  t.true(source.slotsMoved);
  source.update();
  t.deepEqual(exemplarsOf(source), { 'c["new"]': [exemplar('n', 1)] });
});

test('what is held shows no exemplar that came, or changed hands, meanwhile', (t) => {
  const { mapping, writer, add } = inMemory();
  let meanwhile = () => {};
  const source = new FileSource(
    new Reader(Object.assign(mapping.reader(), { refresh: () => meanwhile() })),
  );
  const [stays, goes] = [add('stays'), add('goes')];
  const other = writer.defineMetric(HISTOGRAM);
  const histogram = writer.addSeries(other, [], 4, newHolder());
  writer.addExemplar(histogram, 1, exemplar('kept', 5));
  const block = writer.addExemplar(goes.id, 0, exemplar('goes', 1000));
  source.update();
  meanwhile = () => {
    meanwhile = () => {};
    writer.removeSeries(goes.id, 1, goes.holder, [block]);
    writer.addExemplar(stays.id, 0, exemplar('comes', 2000));
  };
  source.hold();
  t.deepEqual(exemplarsOf(source), { 'h[]': [undefined, exemplar('kept', 5)] });
  source.update();
  t.deepEqual(exemplarsOf(source), {
    'c["stays"]': [exemplar('comes', 2000)],
    'h[]': [undefined, exemplar('kept', 5)],
  });
});

test('an entry whose writer died writing it costs that exemplar only', (t) => {
  const { mapping, writer, add } = inMemory();
  const [a, b] = [add('a'), add('b')];
  const { chunk, index } = writer.addExemplar(a.id, 0, exemplar('half', 1000));
  writer.addExemplar(b.id, 0, exemplar('whole', 1000));
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  t.deepEqual(exemplarsOf(source)['c["a"]'], [exemplar('half', 1000)]);
  Atomics.add(chunk.words, index * 2, 1);
  t.deepEqual(exemplarsOf(source), {
    'c["a"]': [undefined],
    'c["b"]': [exemplar('whole', 1000)],
  });
});

test('at the limit there is room for no other exemplar, until one has gone', (t) => {
  const { writer, add } = inMemory();
  const { id, holder } = add('a');
  const block = writer.addExemplar(id, 0, exemplar('x', 1));
  const full = add('b');
  for (let i = 1; i < MAX_EXEMPLARS; i++) writer.addExemplar(full.id, 0, exemplar('y', 1));
  t.throws(() => writer.addExemplar(full.id, 0, exemplar('z', 1)), { instanceOf: CapacityError });
  writer.removeSeries(id, 1, holder, [block]);
  t.notThrows(() => writer.addExemplar(full.id, 0, exemplar('z', 1)));
});

/** A file with a counter's and a histogram's series, and one record more. */
function withRecord(record: { seriesId: number; slot?: number; bucket: number }): Uint8Array {
  const mapping = new SnapshotMapping();
  const writer = new Writer(mapping, IDENTITY);
  const counter = writer.addSeries(writer.defineMetric(COUNTER), ['a'], 1, newHolder());
  writer.addSeries(writer.defineMetric(HISTOGRAM), [], 4, newHolder());
  const gauge = descriptor({ name: 'g', type: 'gauge', mode: 'livesum' });
  writer.addSeries(writer.defineMetric(gauge), [], 1, newHolder());
  const { chunk, index } = writer.addExemplar(counter, 0, exemplar('x', 1));
  const slot = chunk.begin / 8 + index;
  const committed = writer.recordBytes;
  writer.addExemplar(counter, 0, exemplar('y', 1));
  const bytes = mapping.snapshot();
  const bad = encodeRecord({ kind: RecordKind.exemplar, slot, ...record });
  bytes.set(bad, CHUNK_UNIT_BYTES + committed);
  return bytes;
}

function read(bytes: Uint8Array): FileSource {
  const source = new FileSource(new Reader(bytesMapping(bytes, 'bad.pmp')));
  source.update();
  return source;
}

const LAST_SLOT = (3 * CHUNK_UNIT_BYTES) / 8;

for (const [what, record, message] of [
  ['unknown series', { seriesId: 3, bucket: 0 }, /unknown series 3/],
  ['a second one of a counter', { seriesId: 0, bucket: 1 }, /bucket 1, which there is not/],
  ['a bucket that there is not', { seriesId: 1, bucket: 3 }, /bucket 3, which there is not/],
  ['a gauge', { seriesId: 2, bucket: 0 }, /bucket 0, which there is not/],
  ['a slot among values', { seriesId: 0, slot: 512, bucket: 0 }, /lie in no exemplars chunk/],
  ['a slot in the header', { seriesId: 0, slot: 0, bucket: 0 }, /lie in no exemplars chunk/],
  [
    'an entry that ends behind its chunk',
    { seriesId: 0, slot: LAST_SLOT - EXEMPLAR_SLOTS + 1, bucket: 0 },
    /lie in no exemplars chunk/,
  ],
] as const) {
  test(`a record of an exemplar of ${what} is refused`, (t) => {
    t.throws(() => read(withRecord(record)), { instanceOf: FileFormatError, message });
  });
}

test('a record of an exemplar of the last bucket, at the end of its chunk, is taken', (t) => {
  const slot = LAST_SLOT - EXEMPLAR_SLOTS;
  const source = read(withRecord({ seriesId: 1, slot, bucket: 2 }));
  t.deepEqual(exemplarsOf(source)['h[]'], [undefined, undefined, undefined]);
});

test('a series block in a chunk of exemplars is refused', (t) => {
  const bytes = withRecord({ seriesId: 0, bucket: 0 });
  const words = new Int32Array(bytes.buffer);
  const entry = words.findIndex((word) => word === ((ChunkKind.exemplars << 24) | 1));
  words[entry] = (ChunkKind.values << 24) | 1;
  t.throws(() => read(bytes), { instanceOf: FileFormatError, message: /no exemplars chunk/ });
});
