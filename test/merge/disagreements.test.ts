import test from 'ava';
import { planMerge } from '../../src/merge/plan.js';
import type { FamilyTable } from '../../src/model/family.js';
import { type GivenMetric, sourceOf, tableOf } from '../helpers/merge-sources.js';

/** Merges metrics of writers that were made one after the other; a list is one writer's. */
function merge(...metrics: (GivenMetric | GivenMetric[])[]) {
  const sources = metrics.map((given, i) =>
    sourceOf({
      label: String(i),
      createdMs: i + 1,
      metrics: Array.isArray(given) ? given : [given],
    }),
  );
  // Neither the order of files nor that of their names says who is newer.
  const plan = planMerge(sources.reverse());
  plan.run();
  return plan;
}

const NONE = { type: 0, mode: 0, buckets: 0, name: 0 };

test('the help of the newest writer wins', (t) => {
  const plan = merge(
    { name: 'c', help: 'old', series: [[[], [1]]] },
    { name: 'c', help: 'new', series: [[[], [2]]] },
  );
  t.is(plan.families[0]?.help, 'new');
  t.deepEqual(tableOf(plan.families), { c: { '{}': [3] } });
  t.deepEqual(plan.conflicts, NONE);
});

test('series of different label names stand side by side', (t) => {
  const plan = merge(
    { name: 'c', labelNames: ['a'], series: [[['x'], [1]]] },
    { name: 'c', labelNames: ['a', 'b'], series: [[['x', 'y'], [2]]] },
    { name: 'c', series: [[[], [4]]] },
  );
  t.deepEqual(tableOf(plan.families).c, { '{}': [4], '{a="x"}': [1], '{a="x",b="y"}': [2] });
  t.deepEqual(plan.conflicts, NONE);
});

test('the same labels in another order are the same series', (t) => {
  const plan = merge(
    { name: 'c', labelNames: ['a', 'b'], series: [[['1', '2'], [1]]] },
    {
      name: 'c',
      labelNames: ['b', 'a'],
      series: [
        [['2', '1'], [2]],
        [['1', '2'], [4]],
      ],
    },
  );
  t.deepEqual(tableOf(plan.families).c, { '{a="1",b="2"}': [3], '{a="2",b="1"}': [4] });
});

test('an absent label is a label that is not there, an empty one is empty', (t) => {
  const plan = merge({
    name: 'c',
    labelNames: ['a', 'b'],
    series: [
      [[undefined, 'x'], [1]],
      [['', 'x'], [2]],
      [['x', undefined], [4]],
    ],
  });
  t.deepEqual(tableOf(plan.families).c, {
    '{b="x"}': [1],
    '{a="",b="x"}': [2],
    '{a="x"}': [4],
  });
});

test('the type of the newest writer wins, and the others are counted', (t) => {
  const plan = merge(
    { name: 'm', type: 'counter', series: [[[], [1]]] },
    { name: 'm', type: 'summary', series: [[[], [1, 2]]] },
    { name: 'm', type: 'counter', series: [[[], [4]]] },
    { name: 'm', type: 'counter', series: [[[], [8]]] },
  );
  t.deepEqual(tableOf(plan.families), { m: { '{}': [13] } });
  t.deepEqual(plan.conflicts, { ...NONE, type: 1 });
});

test('the mode of the newest writer wins, and the others are counted', (t) => {
  const plan = merge(
    { name: 'g', type: 'gauge', mode: 'sum', series: [[[], [1]]] },
    { name: 'g', type: 'gauge', mode: 'max', series: [[[], [5, 1]]] },
  );
  t.deepEqual(tableOf(plan.families), { g: { '{}': [5] } });
  t.deepEqual(plan.conflicts, { ...NONE, mode: 1 });
});

test('histograms with other buckets are merged at the bounds that all share', (t) => {
  const plan = merge(
    { name: 'h', type: 'histogram', buckets: [1, 2, 5, 10], series: [[[], [1, 1, 1, 1, 1, 100]]] },
    { name: 'h', type: 'histogram', buckets: [2, 3, 10, 20], series: [[[], [1, 2, 3, 4, 5, 200]]] },
    { name: 'h', type: 'histogram', buckets: [2, 10], series: [[[], [10, 20, 40, 400]]] },
  );
  const [family] = plan.families;
  t.deepEqual(family?.bounds, [2, 10]);
  // Up to 2: 1+1, 1, 10; up to 10: 1+1, 2+3, 20; beyond: 1, 4+5, 40.
  t.deepEqual(tableOf(plan.families), { h: { '{}': [13, 27, 50, 700] } });
  t.deepEqual(plan.conflicts, { ...NONE, buckets: 2 });
});

test('histograms that share no bound keep count and sum', (t) => {
  const plan = merge(
    { name: 'h', type: 'histogram', buckets: [1], series: [[[], [1, 2, 10]]] },
    { name: 'h', type: 'histogram', buckets: [2], series: [[[], [3, 4, 20]]] },
    { name: 'h', type: 'histogram', series: [[[], [5, 30]]] },
  );
  t.deepEqual(plan.families[0]?.bounds, []);
  t.deepEqual(tableOf(plan.families), { h: { '{}': [15, 60] } });
});

test('histograms of very many buckets that differ are merged without being compared one by one', (t) => {
  const many = Array.from({ length: 200_000 }, (_, i) => i);
  const block = new Array<number>(many.length + 2).fill(1);
  const plan = merge(
    { name: 'h', type: 'histogram', buckets: many, series: [[[], block]] },
    { name: 'h', type: 'histogram', buckets: many.slice(1), series: [[[], block.slice(1)]] },
  );
  t.is(plan.families[0]?.bounds.length, many.length - 1);
  const [values] = Object.values(tableOf(plan.families).h ?? {});
  t.deepEqual(values?.slice(0, 3), [3, 2, 2]);
});

test('default labels are added where a series has none of the name', (t) => {
  const plan = merge({
    name: 'c',
    labelNames: ['app'],
    defaultLabels: [
      ['app', 'default'],
      ['zone', 'z'],
    ],
    series: [
      [['own'], [1]],
      [[undefined], [2]],
    ],
  });
  t.deepEqual(tableOf(plan.families).c, {
    '{app="own",zone="z"}': [1],
    '{app="default",zone="z"}': [2],
  });
});

test('families are sorted by name, series by labels, whoever wrote them first', (t) => {
  const plan = merge(
    [
      {
        name: 'b',
        labelNames: ['l'],
        series: [
          [['2'], [1]],
          [['10'], [1]],
        ],
      },
      { name: 'a', series: [] },
    ],
    { name: 'b', labelNames: ['l'], series: [[['1'], [1]]] },
  );
  t.deepEqual(
    plan.families.map(({ name }) => name),
    ['a', 'b'],
  );
  const { order, labels } = plan.families[1] as FamilyTable;
  t.deepEqual(
    [...order].map((number) => labels[number]?.[0]?.[1]),
    ['1', '10', '2'],
  );
});

test('a plan shows what was stored since it was made', (t) => {
  const source = sourceOf({ metrics: [{ name: 'c', series: [[[], [1]]] }] });
  const plan = planMerge([source]);
  plan.run();
  source.extent(0)[0] = 7;
  plan.run();
  t.deepEqual(tableOf(plan.families), { c: { '{}': [7] } });
});

test('only what is selected is merged, and only that can disagree', (t) => {
  const metrics = [{ name: 'm', series: [[[], [1]]] as const }];
  const old = sourceOf({ label: 'a', createdMs: 1, metrics });
  const other = sourceOf({
    label: 'b',
    createdMs: 2,
    metrics: [{ name: 'm', type: 'summary', series: [[[], [1, 1]]] }],
  });
  const plan = planMerge(
    [old, other],
    (source) => () => (source === old ? [['by', 'me']] : undefined),
  );
  plan.run();
  t.deepEqual(tableOf(plan.families), { m: { '{by="me"}': [1] } });
  t.deepEqual(plan.conflicts, NONE);
});
