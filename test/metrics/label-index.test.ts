// The tree from labels to series, by itself.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { LabelIndex } from '../../src/metrics/label-index.js';
import type { LabelValues } from '../../src/model/labels.js';

interface Entry {
  readonly labelValues: LabelValues;
  readonly labelCount: number;
}

function entryOf(labelValues: LabelValues): Entry {
  return { labelValues, labelCount: labelValues.filter((value) => value !== undefined).length };
}

/** Finds as metrics do: what was not found is resolved, entered if new, and aliased. */
function findOrEnter(index: LabelIndex<Entry>, labels: object): Entry {
  const found = index.find(labels);
  if (found !== undefined) return found;
  const values = index.resolve(labels);
  let entry = index.get(values);
  if (entry === undefined) {
    entry = entryOf(values);
    index.set(entry);
  }
  index.alias(labels, entry);
  return entry;
}

/** Lookups after which generated code surely has taken over. */
const MANY = 1000;

test('what was entered is found by its labels, and nothing else is', (t) => {
  const index = new LabelIndex<Entry>(['a', 'b']);
  const entry = findOrEnter(index, { a: 'x', b: 'y' });
  for (let i = 0; i < MANY; i++) {
    t.is(index.find({ b: 'y', a: 'x' }), entry);
    t.is(index.find({ a: 'x' }), undefined);
    t.is(index.find({ a: 'y', b: 'x' }), undefined);
    t.is(index.find({ a: 'x', b: 'y', c: 'z' }), undefined);
    t.is(index.find({}), undefined);
  }
});

test('numbers and booleans are found once they were resolved', (t) => {
  const index = new LabelIndex<Entry>(['a', 'b']);
  const entry = findOrEnter(index, { a: 5, b: true });
  for (let i = 0; i < MANY; i++) {
    t.is(index.find({ a: 5, b: true }), entry);
    t.is(index.find({ a: '5', b: 'true' }), entry);
  }
  index.delete(['5', 'true']);
  t.is(index.find({ a: 5, b: true }), undefined);
  t.is(index.find({ a: '5', b: 'true' }), undefined);
});

test('a metric without labels has one series', (t) => {
  const index = new LabelIndex<Entry>([]);
  const entry = findOrEnter(index, {});
  for (let i = 0; i < MANY; i++) t.is(index.find({}), entry);
  t.throws(() => index.resolve({ a: 'x' }), {
    message: 'Added label "a" is not included in initial labelset: []',
  });
});

test('resolving gives the values in the order of the names, as text', (t) => {
  const index = new LabelIndex<Entry>(['a', 'b', 'c', 'd']);
  t.deepEqual(index.resolve({ d: null, c: 5, a: '' }), ['', undefined, '5', 'null']);
});

test('removing one of few or many values leaves the others', (t) => {
  for (const count of [2, 8, 9, 100]) {
    const index = new LabelIndex<Entry>(['a']);
    const entries = Array.from({ length: count }, (_, i) => findOrEnter(index, { a: `v${i}` }));
    for (let i = 0; i < count; i += 2) index.delete([`v${i}`]);
    entries.forEach((entry, i) => {
      t.is(index.find({ a: `v${i}` }), i % 2 === 0 ? undefined : entry, `v${i} of ${count}`);
    });
    for (let i = 1; i < count; i += 2) index.delete([`v${i}`]);
    t.true(index.isEmpty);
  }
});

test('removing what is not there changes nothing', (t) => {
  const index = new LabelIndex<Entry>(['a', 'b']);
  const entry = findOrEnter(index, { a: 'x', b: 'y' });
  index.delete(['x', 'z']);
  index.delete(['z', 'y']);
  index.delete([undefined, undefined]);
  t.is(index.find({ a: 'x', b: 'y' }), entry);
});

test('clearing forgets everything, and the index goes on', (t) => {
  const index = new LabelIndex<Entry>(['a']);
  for (let i = 0; i < MANY; i++) findOrEnter(index, { a: `v${i}` });
  index.clear();
  t.true(index.isEmpty);
  t.is(index.find({ a: 'v1' }), undefined);
  const entry = findOrEnter(index, { a: 'v1' });
  t.is(index.find({ a: 'v1' }), entry);
});

test('finds the same as a table of texts, whatever came and went before', (t) => {
  const value = fc.constantFrom<unknown>(
    undefined,
    '',
    '1',
    1,
    'true',
    true,
    'x',
    'NaN',
    Number.NaN,
  );
  const many = fc.nat({ max: 20 }).map((n) => (n % 2 === 0 ? n : `${n}`));
  const labels = fc.record(
    { a: fc.oneof(value, many), b: value, c: fc.oneof(value, many) },
    { requiredKeys: [] },
  );
  const step = fc.tuple(fc.constantFrom('enter', 'enter', 'enter', 'delete'), labels);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const index = new LabelIndex<Entry>(['a', 'b', 'c']);
      const table = new Map<string, Entry>();
      for (const [action, given] of steps) {
        const values = index.resolve(given);
        const key = inspect(values);
        if (action === 'delete') {
          index.delete(values);
          table.delete(key);
          assert.equal(index.find(given), undefined);
          continue;
        }
        const entry = findOrEnter(index, given);
        assert.equal(entry, table.get(key) ?? entry);
        assert.deepEqual(entry.labelValues, values);
        table.set(key, entry);
      }
      for (const entry of table.values()) index.delete(entry.labelValues);
      assert.equal(index.isEmpty, true);
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test('an index is empty when all that was entered is taken out', (t) => {
  const index = new LabelIndex(['a', 'b', 'c']);
  const series = Array.from({ length: 1000 }, (_, i) => ({
    labelValues: [`${i % 3}`, i % 5 === 0 ? undefined : `${i % 100}`, `${i}`],
    labelCount: i % 5 === 0 ? 2 : 3,
  }));
  for (const one of series) {
    index.set(one);
    const [a, b, c] = one.labelValues;
    index.alias(b === undefined ? { a, c } : { a: Number(a), b: Number(b), c: Number(c) }, one);
  }
  t.false(index.isEmpty);
  for (const one of series) index.delete(one.labelValues);
  t.true(index.isEmpty);
});
