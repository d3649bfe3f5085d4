// A merge of any writers against a model that reads the rules once more, in the plainest
// way. Counts are whole numbers, whose sums a float64 has exactly in any order. What
// must hold:
// - merging gives what the model gives, in whatever order the writers come;
// - folding any of the dead into an archive, once or again and again, changes nothing.

import test from 'ava';
import fc from 'fast-check';
import { foldForArchive } from '../../src/merge/archive.js';
import { planMerge } from '../../src/merge/plan.js';
import type { MergeSource } from '../../src/merge/source.js';
import type { LabelValues } from '../../src/model/labels.js';
import {
  GAUGE_MODES,
  type GaugeMode,
  type MetricType,
  slotsPerSeries,
} from '../../src/model/metric.js';
import { holds } from '../helpers/holds.js';
import { type GivenMetric, type GivenWriter, sourceOf, tableOf } from '../helpers/merge-sources.js';
import { naiveMerge, shown, type Values } from './naive-merge.js';

// Generators: few names, so that writers meet; each metric of one writer differs in
// type, mode, help, labels or buckets only now and then.

const count = fc.integer({ min: 0, max: 1_000_000 });
const gaugeValue = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
);
const labelSets: fc.Arbitrary<LabelValues[]> = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom<string | undefined>('x', 'y', '', undefined),
    fc.constantFrom<string | undefined>('1', undefined),
  ),
  { maxLength: 4, selector: (values) => JSON.stringify(values) },
);
const bounds = fc
  .subarray([1, 2, 3, 5, 8], { minLength: 0 })
  .map((list) => [...list].sort((a, b) => a - b));

function block(
  type: MetricType,
  mode: GaugeMode,
  buckets: readonly number[],
): fc.Arbitrary<number[]> {
  const width = slotsPerSeries({ type, mode, buckets });
  if (type !== 'gauge') return fc.array(count, { minLength: width, maxLength: width });
  if (width === 1) return gaugeValue.map((value) => [value]);
  const second = mode.endsWith('mostrecent') ? fc.integer({ min: 1, max: 1e9 }) : fc.constant(1);
  const set = fc.tuple(gaugeValue, second).map((pair) => [...pair]);
  return fc.oneof(
    { weight: 4, arbitrary: set },
    { weight: 1, arbitrary: fc.constant<number[]>([0, 0]) },
  );
}

/** What most writers agree on of the families `a` to `d`. */
const kinds = fc.array(
  fc.record({
    type: fc.constantFrom<MetricType>('counter', 'gauge', 'gauge', 'histogram', 'summary'),
    mode: fc.constantFrom(...GAUGE_MODES),
    buckets: bounds,
  }),
  { minLength: 4, maxLength: 4 },
);

function metricOf(
  name: string,
  { type, mode, buckets }: { type: MetricType; mode: GaugeMode; buckets: number[] },
): fc.Arbitrary<GivenMetric> {
  const given = {
    type,
    mode: type === 'gauge' ? mode : ('livesum' as const),
    buckets: type === 'histogram' ? buckets : [],
  };
  return fc
    .record({
      help: fc.constantFrom('h', 'H'),
      labelNames: fc.constantFrom(['l', 'm'], ['m', 'l'], ['l', 'n']),
      defaultLabels: fc.constantFrom([], [['l', 'd']] as const, [['app', 'a']] as const),
      labels: labelSets,
    })
    .chain(({ labels, ...rest }) =>
      fc.tuple(...labels.map(() => block(given.type, given.mode, given.buckets))).map((blocks) => ({
        name,
        ...given,
        ...rest,
        series: labels.map((values, i) => [values, blocks[i] as number[]] as const),
      })),
    );
}

const writers: fc.Arbitrary<GivenWriter[]> = fc.tuple(kinds, kinds).chain(([usual, unusual]) => {
  const metrics = fc
    .tuple(
      ...['a', 'b', 'c', 'd'].map((name, i) =>
        fc.option(
          fc
            .integer({ min: 0, max: 5 })
            .chain((die) => metricOf(name, (die === 0 ? unusual : usual)[i] as (typeof usual)[0])),
          { nil: undefined, freq: 3 },
        ),
      ),
    )
    .map((list) => list.filter((metric) => metric !== undefined));
  const writer = fc.record({
    metrics,
    live: fc.boolean(),
    // Names that some share, alive and dead.
    label: fc.constantFrom('a', 'b', 'c', 'd'),
    endedMs: fc.integer({ min: 10, max: 1_000_000 }),
  });
  return fc
    .uniqueArray(writer, { maxLength: 6, selector: ({ endedMs }) => endedMs })
    .map((list) => list.map((one, i) => ({ ...one, createdMs: i + 1 })));
});

/** Two gauges of one label set in one writer, and two sets at one moment, leave it open who wins. */
function isDecided(given: readonly GivenWriter[]): boolean {
  const times = given
    .flatMap(({ metrics }) =>
      metrics
        .filter(({ mode }) => mode?.endsWith('mostrecent'))
        .flatMap(({ series }) => series.map(([, [, set]]) => set)),
    )
    .filter((set) => set !== undefined && set > 1);
  if (new Set(times).size < times.length) return false;
  return given.every(({ metrics }) =>
    metrics.every((metric) => {
      const labels = metric.series.map(([values]) => shown(metric, values, undefined));
      return new Set(labels).size === labels.length;
    }),
  );
}

const decidedWriters = writers.filter(isDecided);

function merged(sources: readonly MergeSource[]): Values {
  const plan = planMerge(sources);
  plan.run();
  return tableOf(plan.families);
}

test('merging gives what the rules say', (t) => {
  holds(
    t,
    fc.property(decidedWriters, (given) => {
      t.deepEqual(merged(given.map(sourceOf)), naiveMerge(given));
    }),
    { numRuns: 500 },
  );
});

test('the order in which writers are found makes no difference', (t) => {
  const shuffled = decidedWriters.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
  );
  holds(
    t,
    fc.property(shuffled, ([given, other]) => {
      t.deepEqual(merged(other.map(sourceOf)), merged(given.map(sourceOf)));
    }),
    { numRuns: 300 },
  );
});

// What an archive of no limits shows when it is read back.
function archiveOf(sources: readonly MergeSource[]): MergeSource {
  const archived = foldForArchive(sources, 0);
  const metrics = archived.map(({ metric, series }) => ({
    ...metric,
    // An archive's series have all labels as their own.
    defaultLabels: [],
    series: series.map(({ labelValues, values }) => [labelValues, [...values]] as const),
  }));
  const source = sourceOf({ live: false, createdMs: 0, metrics });
  archived.forEach(({ sinceMs }, i) => {
    Object.assign(source.contents.metrics[i] as object, { sinceMs });
  });
  return { ...source, writerLabel: undefined };
}

/** Without the metrics of which a dead writer left no value: its say in them ends with it. */
function whatIsLeft({ live, metrics, ...writer }: GivenWriter): GivenWriter {
  const left = metrics.filter(
    ({ type, mode, series }) =>
      live || (series.length > 0 && !(type === 'gauge' && /^live|^omit$/.test(mode as string))),
  );
  return { ...writer, live: live as boolean, metrics: left };
}

test('folding dead writers into an archive, in one go or one by one, changes nothing', (t) => {
  holds(
    t,
    fc.property(decidedWriters, fc.nat(3), (all, groups) => {
      const given = all.map(whatIsLeft);
      // Writers of one name are folded as they end: what an archive holds is older than the rest.
      const ended = given.filter(({ live }) => live === false);
      ended.sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0));
      const dead = ended.map(sourceOf);
      const live = given.filter(({ live: alive }) => alive).map(sourceOf);
      let archive = archiveOf(dead.slice(0, groups));
      for (const source of dead.slice(groups)) archive = archiveOf([archive, source]);
      t.deepEqual(merged([archive, ...live]), merged(given.map(sourceOf)));
    }),
    { numRuns: 500 },
  );
});
