// An exemplar's entry: what is written is read, and what nobody would write is none.

import test from 'ava';
import fc from 'fast-check';
import { EXEMPLAR_BYTES, ExemplarBytes } from '../../src/format/exemplars.js';
import type { Exemplar } from '../../src/model/exemplar.js';
import type { LabelPair } from '../../src/model/labels.js';
import { labelName, labelText, throughUtf8 } from '../helpers/records.js';

const MAX_CHARS = 128;
const TEXT_AT = 32;

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

function charsOf(labels: readonly LabelPair[]): number {
  return labels.flat().reduce((sum, text) => sum + text.length, 0);
}

const labels = fc
  .uniqueArray(fc.tuple(labelName, labelText), { selector: ([name]) => name, maxLength: 8 })
  .filter((pairs) => charsOf(pairs) <= MAX_CHARS);

const anyExemplar: fc.Arbitrary<Exemplar> = fc.record({
  labels,
  value: finite,
  timeMs: fc.double({ min: Number.MIN_VALUE, max: 1e15, noNaN: true }),
});

/** The bytes of an entry, and one to change at will. */
function entryOf(exemplar: Exemplar): { bytes: Uint8Array; end: number } {
  const made = new ExemplarBytes();
  const { checksum, end } = made.encode(exemplar);
  new DataView(made.bytes.buffer, made.bytes.byteOffset).setInt32(4, checksum, true);
  return { bytes: Uint8Array.from(made.bytes), end };
}

function decoded(bytes: Uint8Array): Exemplar | undefined {
  const copied = new ExemplarBytes();
  copied.bytes.set(bytes);
  return copied.decode();
}

const U32 = 0xffffffffn;
const rotated = (word: bigint, by: bigint) => ((word << by) | (word >> (32n - by))) & U32;

/** MurmurHash3_x86_32 with seed 0, of whole words, in the words of its description. */
function murmur3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hash = 0n;
  for (let at = 0; at < bytes.length; at += 4) {
    const word = (BigInt(view.getUint32(at, true)) * 0xcc9e2d51n) & U32;
    hash ^= (rotated(word, 15n) * 0x1b873593n) & U32;
    hash = (rotated(hash, 13n) * 5n + 0xe6546b64n) & U32;
  }
  hash ^= BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & U32;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & U32;
  return Number(hash ^ (hash >> 16n));
}

/** An entry with these bytes of text and any fields, and the checksum that belongs to it. */
function forged(
  text: readonly number[],
  fields: { value?: number; timeMs?: number; length?: number } = {},
): Uint8Array {
  const { value = 1, timeMs = 1000, length = text.length } = fields;
  const bytes = new Uint8Array(EXEMPLAR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setFloat64(8, value, true);
  view.setFloat64(16, timeMs, true);
  view.setUint32(24, length, true);
  bytes.set(text, TEXT_AT);
  const end = Math.min(TEXT_AT + Math.ceil(length / 4) * 4, EXEMPLAR_BYTES);
  view.setUint32(4, murmur3(bytes.subarray(8, end)), true);
  return bytes;
}

const END = 0xff;
const texts = (...all: readonly string[]) => all.flatMap((text) => [...Buffer.from(text), END]);

test('what is written is read, whatever the labels', (t) => {
  fc.assert(
    fc.property(anyExemplar, (exemplar) => {
      const labels = exemplar.labels.map(([name, text]): LabelPair => [name, throughUtf8(text)]);
      t.deepEqual(decoded(entryOf(exemplar).bytes), { ...exemplar, labels });
    }),
  );
});

test('the longest texts that the limit allows fit, whatever share of them are names', (t) => {
  const names = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'];
  for (let count = 1; count <= names.length; count++) {
    const labels = names.slice(0, count).map((name): LabelPair => [name, '']);
    labels[0] = ['a', '\u4e2d'.repeat(MAX_CHARS - count)];
    const { bytes, end } = entryOf({ labels, value: 1, timeMs: 1 });
    t.is(end, EXEMPLAR_BYTES);
    t.deepEqual(decoded(bytes)?.labels, labels);
  }
});

test('an entry of which any bit was flipped is none', (t) => {
  const { bytes, end } = entryOf({ labels: [['trace_id', 'abc']], value: 0.5, timeMs: 1e12 });
  t.truthy(decoded(bytes));
  for (let at = 4; at < end; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      t.is(decoded(flipped), undefined, `bit ${bit} of byte ${at}`);
    }
  }
});

test('an entry of zeros is none', (t) => {
  t.is(decoded(new Uint8Array(EXEMPLAR_BYTES)), undefined);
});

test('the checksum is MurmurHash3', (t) => {
  // A test vector of others.
  t.is(murmur3(Buffer.from('test')), 0xba6bd213);
  t.deepEqual(decoded(forged(texts('a', 'b'))), { labels: [['a', 'b']], value: 1, timeMs: 1000 });
});

const REFUSED: Readonly<Record<string, Uint8Array>> = {
  'a text longer than an entry': forged(texts('a', 'b'), { length: 385 }),
  'a length beyond all memory': forged(texts('a', 'b'), { length: 0xffffffff }),
  'a text without its end': forged([...texts('a'), 0x62]),
  'a name without a value': forged(texts('a')),
  'no UTF-8': forged([...texts('a'), 0xc3, END]),
  'half of a surrogate pair in bytes': forged([...texts('a'), 0xed, 0xa0, 0x80, END]),
  'two labels of one name': forged(texts('a', 'b', 'a', 'c')),
  'a name that no label can have': forged(texts('a-b', 'c')),
  'an empty name': forged(texts('', 'c')),
  'more characters than are allowed': forged(texts('a', 'b'.repeat(MAX_CHARS))),
  'a value that is no number': forged(texts('a', 'b'), { value: Number.NaN }),
  'a value without end': forged(texts('a', 'b'), { value: Number.POSITIVE_INFINITY }),
  'no time': forged(texts('a', 'b'), { timeMs: 0 }),
  'a time before all times': forged(texts('a', 'b'), { timeMs: -1 }),
  'a time that is no number': forged(texts('a', 'b'), { timeMs: Number.NaN }),
  'a time without end': forged(texts('a', 'b'), { timeMs: Number.POSITIVE_INFINITY }),
};

for (const [what, bytes] of Object.entries(REFUSED)) {
  test(`an entry with ${what} is none, though its checksum is right`, (t) => {
    t.is(decoded(bytes), undefined);
  });
}
