import test from 'ava';
import { planMerge } from '../../src/merge/plan.js';
import type { GaugeMode } from '../../src/model/metric.js';
import { keepsSetTime } from '../../src/model/metric.js';
import { sourceOf, tableOf } from '../helpers/merge-sources.js';

interface Writer {
  readonly value: number;
  /** When it was set; 0: never. */
  readonly setMs?: number;
  readonly live?: boolean;
}

const NEVER = { value: 0, setMs: 0 };
const DEAD = { live: false };

/** The gauge `g` of these writers, oldest first, with the pids 1, 2, ... */
function merged(mode: GaugeMode, ...writers: Writer[]): Record<string, number[]> | undefined {
  const sources = writers.map(({ value, setMs = 1, live = true }, i) =>
    sourceOf({
      label: String(i + 1),
      live,
      createdMs: i + 1,
      metrics: [
        {
          name: 'g',
          type: 'gauge',
          mode,
          series: [[[], blockOf(mode, value, setMs)]],
        },
      ],
    }),
  );
  const plan = planMerge(sources);
  plan.run();
  // A plan can be run any number of times.
  plan.run();
  return tableOf(plan.families).g;
}

/** Only `mostrecent` keeps the time; the others keep whether there is one. */
function blockOf(mode: GaugeMode, value: number, setMs: number): number[] {
  if (!keepsSetTime(mode)) return [value];
  return mode.endsWith('mostrecent') ? [value, setMs] : [value, setMs === 0 ? 0 : 1];
}

const one = (value: number) => ({ '{}': [value] });

const CASES: readonly (readonly [GaugeMode, Writer[], number])[] = [
  ['sum', [{ value: 3 }, { value: -1, ...DEAD }, NEVER], 2],
  ['livesum', [{ value: 3 }, { value: -1, ...DEAD }, { value: 4 }], 7],
  ['min', [{ value: 3 }, { value: -1, ...DEAD }], -1],
  ['livemin', [{ value: 3 }, { value: -1, ...DEAD }], 3],
  ['max', [{ value: 3 }, { value: 9, ...DEAD }], 9],
  ['livemax', [{ value: 3 }, { value: 9, ...DEAD }], 3],
  [
    'mostrecent',
    [
      { value: 1, setMs: 30 },
      { value: 2, setMs: 40, ...DEAD },
      { value: 3, setMs: 20 },
    ],
    2,
  ],
  [
    'livemostrecent',
    [
      { value: 1, setMs: 30 },
      { value: 2, setMs: 40, ...DEAD },
      { value: 3, setMs: 20 },
    ],
    1,
  ],
  ['average', [{ value: 1 }, { value: 2 }, { value: 6, ...DEAD }], 3],
  ['liveaverage', [{ value: 1 }, { value: 2 }, { value: 6, ...DEAD }], 1.5],
];
for (const [mode, writers, value] of CASES) {
  test(`mode ${mode} takes the writers that it says`, (t) => {
    t.deepEqual(merged(mode, ...writers), one(value));
  });
}

for (const mode of ['min', 'max', 'mostrecent', 'average'] as const) {
  test(`mode ${mode} passes over writers that never set the gauge while another has`, (t) => {
    for (const value of [5, -5]) {
      t.deepEqual(merged(mode, NEVER, { value }, NEVER), one(value));
    }
    t.deepEqual(merged(mode, NEVER, NEVER), one(0));
  });
}

for (const mode of ['sum', 'min', 'max', 'mostrecent', 'average'] as const) {
  test(`mode ${mode} shows NaN only where there is nothing else`, (t) => {
    const nan = { value: Number.NaN, setMs: 50 };
    t.deepEqual(merged(mode, nan, { value: 4, setMs: 10 }, nan), one(4));
    t.deepEqual(merged(mode, { value: 4, setMs: 10 }, nan), one(4));
    t.deepEqual(merged(mode, nan, nan), one(Number.NaN));
    if (mode !== 'sum') t.deepEqual(merged(mode, NEVER, nan, NEVER), one(Number.NaN));
  });
}

test('infinities are numbers', (t) => {
  const up = { value: Number.POSITIVE_INFINITY };
  const down = { value: Number.NEGATIVE_INFINITY };
  t.deepEqual(merged('max', { value: 1 }, up, down), one(Number.POSITIVE_INFINITY));
  t.deepEqual(merged('min', { value: 1 }, up, down), one(Number.NEGATIVE_INFINITY));
  t.deepEqual(merged('sum', { value: 1 }, up), one(Number.POSITIVE_INFINITY));
});

test('modes all and liveall show every writer under its pid', (t) => {
  const writers = [{ value: 1 }, { value: 2, ...DEAD }, { value: 3 }];
  t.deepEqual(merged('all', ...writers), { '{pid="1"}': [1], '{pid="2"}': [2], '{pid="3"}': [3] });
  t.deepEqual(merged('liveall', ...writers), { '{pid="1"}': [1], '{pid="3"}': [3] });
});

test('mode omit leaves the gauge out', (t) => {
  t.is(merged('omit', { value: 1 }), undefined);
});

test('a live gauge of dead writers has no series', (t) => {
  t.deepEqual(merged('livesum', { value: 1, ...DEAD }), {});
});

test('a gauge that was being set when its writer died counts as set long ago', (t) => {
  const torn = { value: 8, setMs: Number.NaN };
  t.deepEqual(merged('mostrecent', torn), one(8));
  t.deepEqual(merged('mostrecent', { value: 1, setMs: 5 }, torn), one(1));
  t.deepEqual(merged('mostrecent', NEVER, torn), one(8));
});
