// Pages that are lent: whoever serves one gets the memory in which the next one will be made.

import test from 'ava';
import fc from 'fast-check';
import { FORMATS } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import type { Page } from '../../src/exposition/sheet.js';
import type { FamilyTable } from '../../src/model/family.js';
import { atOnce } from '../../src/steps.js';
import { holds } from '../helpers/holds.js';

type Table = FamilyTable & { stamp: number };

function counters(name: string, values: readonly number[]): Table {
  return {
    name,
    help: 'Help.',
    type: 'counter',
    bounds: [],
    width: 1,
    labels: values.map((_, i) => [['i', String(i)]]),
    order: Int32Array.from(values.keys()),
    values: Float64Array.from(values),
    stamp: 0,
  };
}

function set(table: Table, value: number): void {
  table.values.fill(value);
  table.stamp++;
}

const fresh = (families: readonly FamilyTable[]) =>
  new PageRenderer(FORMATS.text).render(families.map((family) => ({ ...family }))).toString();

function lender(families: readonly Table[]) {
  const renderer = new PageRenderer(FORMATS.text);
  return { renderer, lend: () => atOnce(renderer.lend(families)) };
}

test('memory of a page that was released serves for the next', (t) => {
  const table = counters('c', [1, 2, 3]);
  const { lend } = lender([table]);
  const first = lend();
  first.release();
  set(table, 123456);
  const second = lend();
  t.is(second.bytes.buffer, first.bytes.buffer);
  t.is(second.bytes.toString(), fresh([table]));
});

test('a page stays as it is until it is released', (t) => {
  const table = counters('c', [1, 2, 3]);
  const { lend } = lender([table]);
  const held = lend();
  const text = held.bytes.toString();
  set(table, 7);
  const next = lend();
  t.is(next.bytes.toString(), fresh([table]));
  t.is(held.bytes.toString(), text);
  // It has nothing to do with the page of today any more.
  held.release();
  set(table, 8);
  const last = lend();
  t.not(last.bytes.buffer, next.bytes.buffer);
  t.deepEqual(
    [next, last].map(({ bytes }) => /\} (\d)/.exec(bytes.toString())?.[1]),
    ['7', '8'],
  );
});

test('a page that two hold stays as it is until both have released it, each once', (t) => {
  const table = counters('c', [1, 2, 3]);
  const { lend } = lender([table]);
  const [one, other] = [lend(), lend()];
  t.is(one.bytes.buffer, other.bytes.buffer);
  one.release();
  one.release();
  set(table, 7);
  t.not(lend().bytes.buffer, other.bytes.buffer);
  t.is(other.bytes.toString(), fresh([counters('c', [1, 2, 3])]));
});

test('a copy is nobody else’s', (t) => {
  const table = counters('c', [1, 2, 3]);
  const { renderer, lend } = lender([table]);
  const copy = renderer.render([table]);
  copy.fill(0);
  t.is(lend().bytes.toString(), fresh([table]));
});

test('some of the families are shown as a page of theirs, the others are brought in line later', (t) => {
  const families = ['a', 'b', 'c'].map((name) => counters(name, [1, 2]));
  const [a, b, c] = families as [Table, Table, Table];
  const empty = counters('d', []);
  const all = [a, b, empty, c];
  const renderer = new PageRenderer(FORMATS.openmetrics);
  const some = (...shown: Table[]) => atOnce(renderer.steps(all, shown)).toString();
  const page = (...shown: Table[]) =>
    new PageRenderer(FORMATS.openmetrics).render(shown).toString();
  t.is(some(b), page(b));
  for (const family of families) set(family, 1e6);
  t.is(some(empty, c), page(empty, { ...c }));
  t.is(some(a), page({ ...a }));
  t.is(some(), '# EOF\n');
  t.is(renderer.render(all).toString(), page(a, b, empty, { ...c }));
});

test('a page after one that was left half done is whole', (t) => {
  const table = counters('c', new Array(5000).fill(1));
  const { renderer, lend } = lender([table]);
  lend().release();
  set(table, 12345);
  renderer.lend([table]).next();
  set(table, 67);
  t.is(lend().bytes.toString(), fresh([table]));
});

const round = fc.record({
  changes: fc.array(fc.tuple(fc.nat(2), fc.nat(), fc.double({ noNaN: true }))),
  release: fc.boolean(),
  shown: fc.subarray([0, 1, 2]),
});

test('whatever is changed, held and asked for, pages are those of a renderer that has seen no other', (t) => {
  holds(
    t,
    fc.property(fc.array(round, { maxLength: 20 }), (rounds) => {
      const families = ['a', 'b', 'c'].map((name, i) => counters(name, new Array(3 * i).fill(i)));
      const { renderer, lend } = lender(families);
      const held: { page: Page; text: string }[] = [];
      for (const { changes, release, shown } of rounds) {
        for (const [at, index, value] of changes) {
          const table = families[at] as Table;
          if (table.values.length > 0) table.values[index % table.values.length] = value;
          table.stamp++;
        }
        const asked = shown.map((i) => families[i] as Table);
        t.is(atOnce(renderer.steps(families, asked)).toString(), fresh(asked));
        const page = lend();
        const text = fresh(families);
        t.is(page.bytes.toString(), text);
        if (release) page.release();
        else held.push({ page, text });
        for (const kept of held) t.is(kept.page.bytes.toString(), kept.text);
      }
    }),
    { numRuns: 500 },
  );
});
