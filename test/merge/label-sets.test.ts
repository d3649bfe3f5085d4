import test from 'ava';
import { LabelSets } from '../../src/merge/label-sets.js';
import { LabelPairs } from '../../src/merge/series-labels.js';
import type { LabelPair, LabelValues } from '../../src/model/labels.js';
import type { StoredMetric } from '../../src/model/metric.js';
import { atOnce } from '../../src/steps.js';
import { contentsOf } from '../helpers/merge-sources.js';

interface Given {
  readonly names: readonly string[];
  readonly values: readonly LabelValues[];
  readonly defaults?: readonly LabelPair[];
  readonly writer?: string | undefined;
}

function numbers(sets: LabelSets, { names, values, defaults = [], writer }: Given) {
  const metric: StoredMetric = {
    name: 'm',
    help: 'h',
    type: 'gauge',
    mode: 'sum',
    labelNames: names,
    buckets: [],
    id: 0,
    defaultLabels: defaults,
    sinceMs: 0,
  };
  const series = values.map((labelValues) => ({ metric, labelValues, slot: 0 }));
  const contents = contentsOf([metric], series, () => ({ extent: 0, index: 0 }));
  const claim = {
    contents,
    sources: [],
    living: [],
    metric,
    defaultLabels: defaults,
    series,
    sinceMs: 0,
  };
  return atOnce(sets.numbersOf(claim, writer));
}

const sets = () => new LabelSets(new LabelPairs());

test('equal sets of two writers have one number, in whatever order the series come', (t) => {
  const all = sets();
  const names = ['a', 'b'];
  t.deepEqual(
    numbers(all, {
      names,
      values: [
        ['1', '2'],
        ['3', '4'],
      ],
    }),
    [0, 1],
  );
  t.deepEqual(
    numbers(all, {
      names,
      values: [
        ['3', '4'],
        ['1', '2'],
        ['1', '4'],
      ],
    }),
    [1, 0, 2],
  );
});

test('the order of label names makes no difference', (t) => {
  const all = sets();
  t.deepEqual(numbers(all, { names: ['a', 'b'], values: [['1', '2']] }), [0]);
  t.deepEqual(
    numbers(all, {
      names: ['b', 'a'],
      values: [
        ['2', '1'],
        ['1', '2'],
      ],
    }),
    [0, 1],
  );
  t.deepEqual(all.found, [
    [
      ['a', '1'],
      ['b', '2'],
    ],
    [
      ['b', '1'],
      ['a', '2'],
    ],
  ]);
});

test('an absent label is another set than an empty one, and the same as a name not there', (t) => {
  const all = sets();
  const values = [
    [undefined, 'x'],
    ['', 'x'],
  ];
  t.deepEqual(numbers(all, { names: ['a', 'b'], values }), [0, 1]);
  t.deepEqual(numbers(all, { names: ['b'], values: [['x']] }), [0]);
});

test('values that join to the same text are different sets', (t) => {
  const values = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['abc', ''],
    ['', 'abc'],
  ];
  t.deepEqual(numbers(sets(), { names: ['a', 'b'], values }), [0, 1, 2, 3]);
});

test('default labels count as the series own, which come first', (t) => {
  const all = sets();
  const defaults: LabelPair[] = [['zone', 'eu']];
  const names = ['zone'];
  t.deepEqual(numbers(all, { names, values: [[undefined], ['us'], ['eu']], defaults }), [0, 1, 0]);
  t.deepEqual(numbers(all, { names, values: [['eu'], [undefined]] }), [0, 2]);
});

test('where every writer is shown, equal labels of two writers are two sets', (t) => {
  const all = sets();
  t.deepEqual(numbers(all, { names: ['a'], values: [['1']], writer: '10' }), [0]);
  t.deepEqual(numbers(all, { names: ['a'], values: [['1']], writer: '11' }), [1]);
  t.deepEqual(all.found[1], [
    ['a', '1'],
    ['pid', '11'],
  ]);
});

test('a label that has the name of one that is added gives way to it', (t) => {
  const given = { names: ['pid', 'a'], values: [['7', 'x']], writer: '1' } as const;
  const added = sets();
  t.deepEqual(numbers(added, given), [0]);
  t.deepEqual(added.found, [
    [
      ['a', 'x'],
      ['pid', '1'],
    ],
  ]);
  const plain = sets();
  t.deepEqual(numbers(plain, { ...given, writer: undefined }), [0]);
  t.deepEqual(plain.found, [
    [
      ['pid', '7'],
      ['a', 'x'],
    ],
  ]);
});
