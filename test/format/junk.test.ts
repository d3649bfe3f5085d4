// What a decoder does with bytes that no writer wrote. It may refuse them with a
// FileFormatError or read something; it must not fail in any other way or look beyond
// what is committed.

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { FileFormatError } from '../../src/errors.js';
import { RecordDecoder } from '../../src/format/record-decoder.js';
import { encodeRecord, type MetricsRecord, RecordKind } from '../../src/format/records.js';
import { holds } from '../helpers/holds.js';
import { LABELS_OF_ANY_METRIC, record } from '../helpers/records.js';
import { descriptor } from '../helpers/writers.js';

/** Reads a chunk as a reader does; the number of records, or undefined where it is refused. */
function readAll(t: ExecutionContext, bytes: Uint8Array, committed: number): number | undefined {
  const ends = committed === bytes.length ? 'chunk' : 'record';
  const piece = bytes.subarray(0, committed);
  const decoder = new RecordDecoder({ path: 'junk.pmp', begin: 4096, bytes: piece, ends });
  try {
    let count = 0;
    for (let at = 0; ; count++) {
      const length = decoder.lengthAt(at);
      if (length === 0) return count;
      decoder.decode(at, length, () => LABELS_OF_ANY_METRIC);
      at += length;
    }
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    t.is(error.path, 'junk.pmp');
    t.true(error.offset >= 4096);
    return undefined;
  }
}

function chunkOf(records: readonly MetricsRecord[]): Uint8Array {
  return new Uint8Array(Buffer.concat(records.map(encodeRecord)));
}

test('a chunk that ends anywhere inside a record is refused', (t) => {
  holds(
    t,
    fc.property(record, record, (first, last) => {
      const bytes = chunkOf([first, last]);
      const whole = encodeRecord(first).length;
      for (let length = 0; length <= bytes.length; length++) {
        const expected =
          length === 0 ? 0 : length === whole ? 1 : length === bytes.length ? 2 : undefined;
        t.is(readAll(t, bytes.subarray(0, length), length), expected, `cut at ${length}`);
      }
    }),
    { numRuns: 50 },
  );
});

test('random bytes are read or refused', (t) => {
  holds(
    t,
    fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
      readAll(t, bytes, bytes.length);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('records with any changed bytes are read or refused', (t) => {
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)));
  holds(
    t,
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 4 }),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      (records, changes) => {
        const bytes = chunkOf(records);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        readAll(t, bytes, bytes.length);
      },
    ),
    { numRuns: 5000 },
  );
  t.pass();
});

test('zeros where a record was committed are refused, and end a chunk that is full', (t) => {
  const bytes = new Uint8Array(64);
  bytes.set(encodeRecord({ kind: RecordKind.remove, seriesId: 0 }));
  t.is(readAll(t, bytes, 64), 1);
  t.is(readAll(t, bytes, 16), 1);
  t.is(readAll(t, bytes, 32), undefined);
});

const METRIC = { ...descriptor({ name: 'm' }), kind: RecordKind.metric, sinceMs: 0 } as const;

for (const count of [0xffff, 0x7fffffff, 0x80000000, 0xffffffff]) {
  test(`a record that claims ${count} of what it has no room for is refused`, (t) => {
    const lying = (record: MetricsRecord, at: number, bytes: 2 | 4): void => {
      const chunk = encodeRecord(record);
      const view = new DataView(chunk.buffer);
      if (bytes === 2) view.setUint16(at, Math.min(count, 0xffff), true);
      else view.setUint32(at, count, true);
      t.is(readAll(t, chunk, chunk.length), undefined);
    };
    lying(METRIC, 0, 4); // length
    lying(METRIC, 12, 4); // buckets
    lying(METRIC, 10, 2); // label names
    lying(METRIC, 24, 4); // bytes of the name
    lying({ kind: RecordKind.defaultLabels, metricId: 0, pairs: [] }, 12, 4);
  });
}

test('bucket bounds that do not ascend or are no numbers are refused', (t) => {
  const metric = { ...METRIC, type: 'histogram', buckets: [1, 2] } as const;
  for (const bound of [2, 3, Number.NaN, Number.POSITIVE_INFINITY]) {
    const chunk = encodeRecord(metric);
    new DataView(chunk.buffer).setFloat64(24, bound, true);
    t.is(readAll(t, chunk, chunk.length), undefined, String(bound));
  }
});

test('names that would break a page are refused', (t) => {
  for (const name of ['', '0a', 'a b', 'a\nb', 'a{b="c"}', 'ä']) {
    t.is(
      readAll(t, chunkOf([{ ...METRIC, name }]), encodeRecord({ ...METRIC, name }).length),
      undefined,
    );
    const labelled = { ...METRIC, labelNames: ['ok', name] };
    t.is(readAll(t, chunkOf([labelled]), encodeRecord(labelled).length), undefined);
  }
  const colon = { ...METRIC, labelNames: ['a:b'] };
  t.is(readAll(t, chunkOf([colon]), encodeRecord(colon).length), undefined);
});

test('names of default labels that would break a page are refused', (t) => {
  for (const name of ['', '0a', 'a b', 'a\nb', 'a"', 'a:b', 'ä']) {
    const pairs = [['ok', name] as const, [name, 'value'] as const];
    const labels = { kind: RecordKind.defaultLabels, metricId: 0, pairs };
    t.is(readAll(t, chunkOf([labels]), encodeRecord(labels).length), undefined);
    const good = { ...labels, pairs: pairs.slice(0, 1) };
    t.is(readAll(t, chunkOf([good]), encodeRecord(good).length), 1);
  }
});

test('a label name that stands twice is refused', (t) => {
  const twice = { ...METRIC, labelNames: ['a', 'b', 'a'] };
  t.is(readAll(t, chunkOf([twice]), encodeRecord(twice).length), undefined);
});
