// What writers of one name are shown as, where each is shown.

import test from 'ava';
import { foldForArchive } from '../../src/merge/archive.js';
import { planMerge } from '../../src/merge/plan.js';
import type { MergeSource } from '../../src/merge/source.js';
import type { GaugeMode } from '../../src/model/metric.js';
import { type GivenWriter, sourceOf, tableOf } from '../helpers/merge-sources.js';

type Given = Partial<GivenWriter> & { readonly value: number };

/** A writer called `web` that shows one gauge. */
function writer({ value, ...given }: Given, mode: GaugeMode = 'all'): MergeSource {
  const gauge = { name: 'g', type: 'gauge' as const, mode, series: [[[], [value, 1]]] as const };
  return sourceOf({ label: 'web', metrics: [gauge], ...given });
}

function planOf(sources: readonly MergeSource[]) {
  const plan = planMerge(sources);
  plan.run();
  return { shown: tableOf(plan.families).g, conflicts: plan.conflicts.name };
}

for (const mode of ['all', 'liveall'] as const) {
  test(`mode ${mode}: of live writers of one name the oldest has it, the others a number`, (t) => {
    const writers = [
      { value: 3, createdMs: 30 },
      { value: 1, createdMs: 10 },
      { value: 2, createdMs: 20 },
    ].map((given) => writer(given, mode));
    const expected = { '{pid="web"}': [1], '{pid="web#2"}': [2], '{pid="web#3"}': [3] };
    t.deepEqual(planOf(writers), { shown: expected, conflicts: 2 });
    t.deepEqual(planOf([...writers].reverse()), { shown: expected, conflicts: 2 });
  });
}

test('a writer that takes the place of a dead one of its name takes its series', (t) => {
  const dead = { value: 1, createdMs: 10, live: false };
  const next = { value: 2, createdMs: 20 };
  t.deepEqual(planOf([dead, next].map((given) => writer(given))), {
    shown: { '{pid="web"}': [2] },
    conflicts: 0,
  });
});

test('a live writer has its name however late another of the name was made, and ended', (t) => {
  const live = writer({ value: 1, createdMs: 10 });
  const dead = writer({ value: 2, createdMs: 20, endedMs: 40, live: false });
  t.deepEqual(planOf([live, dead]).shown, { '{pid="web"}': [1] });
  t.deepEqual(planOf([live, archiveOf([dead])]).shown, { '{pid="web"}': [1] });
});

test('of dead writers of one name the last to end is shown, in an archive too', (t) => {
  const early = writer({ value: 1, createdMs: 20, endedMs: 30, live: false });
  const late = writer({ value: 2, createdMs: 10, endedMs: 40, live: false });
  const shown = { '{pid="web"}': [2] };
  t.deepEqual(planOf([early, late]), { shown, conflicts: 0 });
  t.deepEqual(planOf([archiveOf([late, early])]), { shown, conflicts: 0 });
  t.deepEqual(planOf([archiveOf([early]), late]), { shown, conflicts: 0 });
});

test('a writer of which part is in memory is one writer', (t) => {
  const file = writer({ value: 1, createdMs: 10 });
  const memory = { ...writer({ value: 2, createdMs: 5 }), writerId: file.writerId };
  t.is(planOf([file, memory]).conflicts, 0);
  const third = writer({ value: 3, createdMs: 20 });
  t.is(planOf([file, third, { ...memory, writerId: third.writerId }]).conflicts, 1);
});

test('names of pids and names of threads are told apart like any others', (t) => {
  const writers = ['7', '7', '7-1', '7-1'].map((label, i) =>
    writer({ label, value: i, createdMs: i + 1 }),
  );
  t.deepEqual(planOf(writers).shown, {
    '{pid="7"}': [0],
    '{pid="7#2"}': [1],
    '{pid="7-1"}': [2],
    '{pid="7-1#2"}': [3],
  });
});

function archiveOf(sources: readonly MergeSource[]): MergeSource {
  const metrics = foldForArchive(sources, 0).map(({ metric, series }) => ({
    ...metric,
    series: series.map(({ labelValues, values }) => [labelValues, [...values]] as const),
  }));
  return { ...sourceOf({ live: false, createdMs: 0, metrics }), writerLabel: undefined };
}
