import test from 'ava';
import fc from 'fast-check';
import { CapacityError } from '../../src/errors.js';
import { RecordDecoder } from '../../src/format/record-decoder.js';
import { encodeRecord, type MetricsRecord, RecordKind } from '../../src/format/records.js';
import { holds } from '../helpers/holds.js';
import { LABELS_OF_ANY_METRIC, labelText, record, throughUtf8 } from '../helpers/records.js';
import { descriptor } from '../helpers/writers.js';

function decoded(bytes: Uint8Array): MetricsRecord | undefined {
  const decoder = new RecordDecoder({ path: 'f', begin: 0, bytes, ends: 'record' });
  const length = decoder.lengthAt(0);
  return decoder.decode(0, length, () => LABELS_OF_ANY_METRIC);
}

/** A record with its texts as UTF-8 brings them back. */
function readable(written: MetricsRecord): MetricsRecord {
  switch (written.kind) {
    case RecordKind.metric:
      return { ...written, help: throughUtf8(written.help) };
    case RecordKind.series: {
      const labelValues = written.labelValues.map((v) => (v === undefined ? v : throughUtf8(v)));
      return { ...written, labelValues };
    }
    case RecordKind.defaultLabels:
      return { ...written, pairs: written.pairs.map(([name, v]) => [name, throughUtf8(v)]) };
    default:
      return written;
  }
}

test('every record reads back as it was written', (t) => {
  holds(
    t,
    fc.property(record, (written) => {
      t.deepEqual(decoded(encodeRecord(written)), readable(written));
    }),
    { numRuns: 1000 },
  );
});

test('an absent label value is told from an empty one', (t) => {
  const series = { kind: RecordKind.series, metricId: 0, slot: 512 } as const;
  const absent = encodeRecord({ ...series, labelValues: [undefined, ''] });
  const empty = encodeRecord({ ...series, labelValues: ['', undefined] });
  t.deepEqual(decoded(absent), { ...series, labelValues: [undefined, ''] });
  t.deepEqual(decoded(empty), { ...series, labelValues: ['', undefined] });
});

test('label values that join to the same text are different bytes', (t) => {
  const series = { kind: RecordKind.series, metricId: 0, slot: 512 } as const;
  holds(
    t,
    fc.property(labelText, labelText, labelText, labelText, (a, b, c, d) => {
      const left = encodeRecord({ ...series, labelValues: [a, b] });
      const right = encodeRecord({ ...series, labelValues: [c, d] });
      const same = throughUtf8(a) === throughUtf8(c) && throughUtf8(b) === throughUtf8(d);
      t.is(Buffer.compare(left, right) === 0, same);
    }),
  );
});

test('a record has the length it says, a multiple of 8', (t) => {
  holds(
    t,
    fc.property(record, (written) => {
      const bytes = encodeRecord(written);
      t.is(bytes.length % 8, 0);
      t.is(new Uint32Array(bytes.buffer)[0], bytes.length);
    }),
  );
});

test('the bytes of a metric and a series are those of format version 1', (t) => {
  const metric = encodeRecord({
    ...descriptor({ name: 'h', help: 'é', type: 'histogram', labelNames: ['a'], buckets: [0.5] }),
    kind: RecordKind.metric,
    sinceMs: 1,
  });
  t.is(
    Buffer.from(metric).toString('hex'),
    [
      '30000000', // length 48
      '01000000', // metric
      '02', // histogram
      '03', // livesum
      '0100', // one label name
      '01000000', // one bucket
      '000000000000f03f', // since 1
      '000000000000e03f', // bound 0.5
      '01000000', // bytes of the name
      '02000000', // bytes of the help
      '01000000', // bytes of the label name
      '68c3a961', // h é a
    ].join(''),
  );
  const series = encodeRecord({
    kind: RecordKind.series,
    metricId: 3,
    slot: 512,
    labelValues: ['x', undefined],
  });
  t.is(
    Buffer.from(series).toString('hex'),
    [
      '20000000', // length 32
      '02000000', // series
      '03000000', // of metric 3
      '00020000', // slot 512
      '01000000', // bytes of the first label value
      'ffffffff', // no second label value
      '7800000000000000', // x, filled up to a multiple of 8
    ].join(''),
  );
});

test('a record of a kind that this version does not know is passed over', (t) => {
  const bytes = encodeRecord({ kind: RecordKind.remove, seriesId: 0 });
  bytes[4] = 200;
  t.is(decoded(bytes), undefined);
});

test('more label names than a record can count are refused, not cut', (t) => {
  const labelNames = Array.from({ length: 0x10000 }, (_, i) => `l${i}`);
  const metric = { ...descriptor({ labelNames }), kind: RecordKind.metric, sinceMs: 0 };
  t.throws(() => encodeRecord(metric), { instanceOf: CapacityError, message: /65536 label names/ });
});
