// Files with the same records share what was parsed of them. Checks that this is never
// seen: readers with one catalog read what readers without one read.

import test from 'ava';
import fc from 'fast-check';
import { MAX_CATALOG_BYTES, RECORD_PIECE_BYTES } from '../../src/limits.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { Reader } from '../../src/store/reader.js';
import { RecordCatalog } from '../../src/store/record-catalog.js';
import { Writer } from '../../src/store/writer.js';
import { holds } from '../helpers/holds.js';
import { valuesOf } from '../helpers/reading.js';
import { descriptor, IDENTITY, newHolder } from '../helpers/writers.js';

function newFile(catalog: RecordCatalog) {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, IDENTITY);
  return { mapping, writer, reader: new Reader(mapping.reader(), catalog) };
}

function addCounter(writer: Writer, name: string, labels: readonly string[], first = 0): void {
  const id = writer.defineMetric(descriptor({ name, labelNames: ['l'] }));
  labels.forEach((label, i) => {
    writer.addSeries(id, [label], 1, newHolder(), [first + i]);
  });
}

test('files with the same records have the same contents, and values of their own', (t) => {
  const catalog = new RecordCatalog();
  const [one, two] = [newFile(catalog), newFile(catalog)];
  addCounter(one.writer, 'c', ['a', 'b'], 1);
  addCounter(two.writer, 'c', ['a', 'b'], 10);
  one.reader.update();
  two.reader.update();
  t.is(one.reader.contents, two.reader.contents);
  t.deepEqual(valuesOf(one.reader), { 'c["a"]': [1], 'c["b"]': [2] });
  t.deepEqual(valuesOf(two.reader), { 'c["a"]': [10], 'c["b"]': [11] });
});

test('a file that has more records than a known one has its contents and more', (t) => {
  const catalog = new RecordCatalog();
  const [one, two] = [newFile(catalog), newFile(catalog)];
  addCounter(one.writer, 'c', ['a']);
  addCounter(two.writer, 'c', ['a']);
  addCounter(two.writer, 'd', ['b']);
  one.reader.update();
  const { contents } = one.reader;
  two.reader.update();
  t.is(two.reader.contents.series[0], contents.series[0]);
  t.is(two.reader.contents.series.length, 2);
  addCounter(one.writer, 'd', ['b']);
  one.reader.update();
  t.is(one.reader.contents, two.reader.contents);
  t.is(contents.series.length, 1);
});

test('a metric that is retired or relabelled in one file is as it was in another', (t) => {
  const catalog = new RecordCatalog();
  const files = [newFile(catalog), newFile(catalog), newFile(catalog)] as const;
  for (const { writer, reader } of files) {
    addCounter(writer, 'c', ['a']);
    reader.update();
  }
  files[0].writer.retireMetric(0);
  files[1].writer.setDefaultLabels(0, [['zone', 'eu']]);
  for (const { reader } of files) reader.update();
  t.deepEqual(files[0].reader.series, []);
  t.deepEqual(files[1].reader.series[0]?.metric.defaultLabels, [['zone', 'eu']]);
  t.deepEqual(files[1].reader.contents.seriesOf(files[1].reader.metrics[0] as never).length, 1);
  t.deepEqual(files[2].reader.series[0]?.metric.defaultLabels, []);
});

test('the same records in files of other chunks are read anew', (t) => {
  const catalog = new RecordCatalog();
  const [one, two] = [newFile(catalog), newFile(catalog)];
  const wide = descriptor({
    type: 'histogram',
    buckets: Array.from({ length: 8000 }, (_, i) => i),
  });
  for (const { writer } of [one, two]) writer.defineMetric(wide);
  one.writer.addSeries(0, [], 8002, newHolder(), new Array(8002).fill(1));
  one.reader.update();
  two.reader.update();
  t.is(one.reader.series.length, 1);
  t.is(two.reader.series.length, 0);
  two.writer.addSeries(0, [], 8002, newHolder(), new Array(8002).fill(2));
  two.reader.update();
  t.deepEqual(valuesOf(two.reader), { 'requests_total[]': new Array(8002).fill(2) });
});

test('records beyond a piece, and one that is longer than a piece, are read whole', (t) => {
  const catalog = new RecordCatalog();
  const [one, two] = [newFile(catalog), newFile(catalog)];
  const labels = Array.from({ length: 30 }, (_, i) => String(i).repeat(40_000));
  labels.push('long'.repeat(RECORD_PIECE_BYTES));
  for (const { writer, reader } of [one, two]) {
    addCounter(writer, 'c', labels);
    reader.update();
  }
  const read = two.reader.series.map(({ labelValues }) => labelValues[0]);
  t.true(read.every((label, i) => label === labels[i]));
  t.is(read.length, labels.length);
  t.is(one.reader.contents, two.reader.contents);
});

test('what does not fit into the catalog any more is read all the same', (t) => {
  const catalog = new RecordCatalog();
  const long = 'x'.repeat(MAX_CATALOG_BYTES / 8);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 12; i++) {
      const { writer, reader } = newFile(catalog);
      addCounter(writer, 'c', [`${i}${long}`]);
      reader.update();
      t.is(reader.series[0]?.labelValues[0], `${i}${long}`);
    }
  }
});

type Change = readonly [file: number, kind: 'metric' | 'series' | 'remove' | 'update', n: number];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.nat(2),
  fc.constantFrom('metric', 'series', 'series', 'remove', 'update'),
  fc.nat(3),
);

test('readers with one catalog read what readers without one read', (t) => {
  holds(
    t,
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const catalog = new RecordCatalog();
      const files = [0, 1, 2].map(() => ({
        ...newFile(catalog),
        metrics: 0,
        series: [] as number[],
      }));
      for (const [number, kind, n] of changes) {
        const file = files[number] as (typeof files)[number];
        const { writer, reader } = file;
        if (kind === 'metric' && file.metrics < 4) {
          writer.defineMetric(descriptor({ name: `m${file.metrics++}`, labelNames: ['l'] }));
        } else if (kind === 'series' && file.metrics > 0) {
          file.series.push(writer.addSeries(n % file.metrics, [`${n}`], 1, newHolder(), [n]));
        } else if (kind === 'remove') {
          const id = file.series.pop();
          if (id !== undefined) writer.removeSeries(id, 1, newHolder());
        }
        if (kind === 'update') reader.update();
      }
      for (const { mapping, reader } of files) {
        reader.update();
        const alone = new Reader(mapping.reader());
        alone.update();
        t.deepEqual(reader.metrics, alone.metrics);
        t.deepEqual(reader.series, alone.series);
      }
    }),
    { numRuns: 300 },
  );
});
