// Which series a labels object names: the same text is the same series, whatever its type
// and order; different texts never meet.

import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { Counter, Registry } from '../../src/index.js';
import { parsePage } from '../helpers/page-samples.js';

type Labels = Record<string, unknown>;

function counterOf(...labelNames: string[]) {
  const registry = new Registry();
  const counter = new Counter({ name: 'c', help: 'h', labelNames, registers: [registry] });
  const samples = async () => {
    const [family] = parsePage(await registry.metrics());
    return (family?.samples ?? []).map(({ labels, value }) => ({ labels, value }));
  };
  return {
    inc: (labels: Labels, value?: number) => counter.inc(labels as Record<string, string>, value),
    remove: (labels: Labels) => counter.remove(labels as Record<string, string>),
    samples,
    /** Labels and value of the one series there is. */
    async sample() {
      const [only, ...more] = await samples();
      if (only === undefined || more.length > 0) throw new Error('not one series');
      return only;
    },
  };
}

/** Enough lookups that a lookup made for the label names has taken over. */
const MANY = 1000;

test('the order of labels in the object does not matter', async (t) => {
  const { inc, sample } = counterOf('a', 'b', 'c');
  for (let i = 0; i < MANY; i++) {
    inc({ a: '1', b: '2', c: '3' });
    inc({ c: '3', b: '2', a: '1' });
    inc({ b: '2', c: '3', a: '1' });
  }
  t.deepEqual(await sample(), { labels: { a: '1', b: '2', c: '3' }, value: 3 * MANY });
});

const STRINGIFIED: readonly (readonly [unknown, string])[] = [
  [5, '5'],
  [-0, '0'],
  [1.5, '1.5'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [true, 'true'],
  [false, 'false'],
  [null, 'null'],
  [10n, '10'],
  [['a', 'b'], 'a,b'],
  [{ toString: () => 'own' }, 'own'],
  [new Date(Number.NaN), 'Invalid Date'],
];

for (const [value, text] of STRINGIFIED) {
  test(`a label value of ${typeof value} ${text} and the string of the same text are one series`, async (t) => {
    const { inc, remove, samples, sample } = counterOf('a', 'b');
    for (let i = 0; i < MANY; i++) {
      inc({ a: value, b: 'x' });
      inc({ a: text, b: 'x' });
    }
    t.deepEqual(await sample(), { labels: { a: text, b: 'x' }, value: 2 * MANY });
    remove({ a: value, b: 'x' });
    t.deepEqual(await samples(), []);
    inc({ a: value, b: 'x' });
    inc({ a: text, b: 'x' });
    t.deepEqual(await sample(), { labels: { a: text, b: 'x' }, value: 2 });
    remove({ a: text, b: 'x' });
    t.deepEqual(await samples(), []);
  });
}

test('a symbol cannot be a label value', (t) => {
  t.throws(() => counterOf('a').inc({ a: Symbol('x') }), { instanceOf: TypeError });
});

test('an object that reads otherwise at the next update names another series then', async (t) => {
  const { inc, samples } = counterOf('a');
  const value = { text: 'x', toString: () => value.text };
  inc({ a: value });
  value.text = 'y';
  inc({ a: value });
  t.deepEqual(await samples(), [
    { labels: { a: 'x' }, value: 1 },
    { labels: { a: 'y' }, value: 1 },
  ]);
});

test('a label that is undefined is absent', async (t) => {
  const { inc, samples } = counterOf('a', 'b');
  inc({ a: undefined, b: 'x' });
  inc({ b: 'x' });
  inc({ a: undefined, b: undefined });
  inc({});
  t.deepEqual(await samples(), [
    { labels: {}, value: 2 },
    { labels: { b: 'x' }, value: 2 },
  ]);
});

test('an absent label, an empty one and one that reads "undefined" or "null" are four series', async (t) => {
  const { inc, samples } = counterOf('a');
  for (let i = 0; i < MANY; i++) {
    inc({});
    inc({ a: '' });
    inc({ a: 'undefined' });
    inc({ a: 'null' });
  }
  t.deepEqual(
    (await samples()).map(({ labels, value }) => [labels.a, value]),
    [
      [undefined, MANY],
      ['', MANY],
      ['null', MANY],
      ['undefined', MANY],
    ],
  );
});

const UNUSUAL = ['', ' ', ',', ':', '=', '"', '\\', '\n', '\\n', '\0', '\u2028', '{}', '🦊', 'ß'];

for (const text of UNUSUAL) {
  const codePoints = [...text].map((one) => `U+${one.codePointAt(0)?.toString(16)}`).join(' ');
  test(`the label value of the code points "${codePoints}" survives`, async (t) => {
    const { inc, sample } = counterOf('a', 'b');
    inc({ a: text, b: `x${text}${text}` }, 3);
    t.deepEqual(await sample(), { labels: { a: text, b: `x${text}${text}` }, value: 3 });
  });
}

test('label names that every object has by inheritance are names like any other', async (t) => {
  const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'];
  const { inc, samples } = counterOf(...names, 'b');
  for (let i = 0; i < MANY; i++) {
    inc({ b: 'x' });
    inc({ constructor: 'c', toString: 't', b: 'x' });
  }
  const found = (await samples()).map(({ labels, value }) => [JSON.stringify(labels), value]);
  t.deepEqual(Object.fromEntries(found), {
    '{"b":"x"}': MANY,
    '{"constructor":"c","toString":"t","b":"x"}': MANY,
  });
});

for (const updates of [1, MANY]) {
  test(`an unknown label throws prom-client's message, also after ${updates} good updates`, (t) => {
    const { inc, remove } = counterOf('a', 'b');
    for (let i = 0; i < updates; i++) inc({ a: 'x' });
    const message = `Added label "c" is not included in initial labelset: [ 'a', 'b' ]`;
    for (const labels of [
      { c: 'x' },
      { a: 'x', c: 'x' },
      { a: 'x', b: undefined, c: 'x' },
      { a: 'x', c: undefined },
      { b: undefined, c: 'x' },
    ]) {
      t.throws(() => inc(labels), { instanceOf: Error, message }, JSON.stringify(labels));
      t.throws(() => remove(labels), { instanceOf: Error, message }, JSON.stringify(labels));
    }
  });
}

const text = fc.oneof(
  fc.constantFrom(...UNUSUAL, '1', 'undefined', 'null', 'true', 'a:1,b:', ',b:2,'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const labelSet = fc.record({ a: text, b: text, c: text }, { requiredKeys: [] });

test('two different label sets never meet', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(labelSet, { maxLength: 40 }), async (sets) => {
      const { inc, samples } = counterOf('a', 'b', 'c');
      const expected = new Map<string, number>();
      sets.forEach((labels, i) => {
        const key = JSON.stringify(Object.entries(labels).sort());
        expected.set(key, (expected.get(key) ?? 0) + i + 1);
        inc(labels, i + 1);
      });
      const found = (await samples()).map(
        ({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value] as const,
      );
      assert.deepEqual(new Map(found), expected);
    }),
    { numRuns: 200 },
  );
  t.pass();
});

test('updates, removals and resets in any order leave what a plain table would', async (t) => {
  const value = fc.oneof(fc.constantFrom<unknown>(1, '1', true, 'true', null, 1n, ''), text);
  const labels = fc.record({ a: value, b: value }, { requiredKeys: [] });
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constant('inc' as const), labels) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('remove' as const), labels) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 300, size: 'max' }), async (steps) => {
      const metric = counterOf('a', 'b');
      const table = new Map<string, number>();
      for (const [action, given] of steps) {
        metric[action](given);
        const read = Object.entries(given).map(([name, one]) => [name, `${one}`]);
        const key = JSON.stringify(read.sort());
        if (action === 'remove') table.delete(key);
        else table.set(key, (table.get(key) ?? 0) + 1);
      }
      const found = (await metric.samples()).map(
        (sample) => [JSON.stringify(Object.entries(sample.labels).sort()), sample.value] as const,
      );
      assert.deepEqual(new Map(found), table);
    }),
    { numRuns: 100 },
  );
  t.pass();
});
