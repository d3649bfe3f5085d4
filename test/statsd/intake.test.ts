// What becomes of lines in the store, and that lines which mean harm cost no more than the
// limits say, and leave a page that can be read.

import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';

process.env.PROMETHEUS_MULTIPROC_MAX_SERIES = '50';
const { collect } = await import('../../src/index.js');
const { threadState } = await import('../../src/state.js');
const { Intake } = await import('../../src/statsd/intake.js');
const { takeLines } = await import('../../src/statsd/lines.js');
const { NO_MAPPING } = await import('../../src/statsd/mapping.js');
const { parseLine } = await import('../../src/statsd/line.js');
const { parseMapping } = await import('../../src/statsd/mapping-file.js');
const { MAX_METRICS } = await import('../../src/statsd/limits.js');

import { parsePage, samplesByKey } from '../helpers/page-samples.js';

const ERRORS = 'prom_multiproc_statsd_errors_total';

/** What the page shows more, or otherwise, after these lines: all tests here have one store. */
async function shownBy(lines: readonly string[], mapping = NO_MAPPING) {
  const intake = new Intake(threadState(), mapping);
  const before = samplesByKey(await collect());
  for (const line of lines) intake.take(line);
  const after = samplesByKey(await collect());
  const added: Record<string, number> = {};
  for (const [key, value] of Object.entries(after)) {
    if (/^prom_multiproc_(?!statsd)/.test(key)) continue;
    const change = key in before ? value - (before[key] as number) : value;
    if (!(key in before) || change !== 0) added[key] = change;
  }
  return added;
}

/** Without what the listener says of itself. */
async function metricsOf(lines: readonly string[], mapping = NO_MAPPING) {
  const shown = Object.entries(await shownBy(lines, mapping));
  return Object.fromEntries(shown.filter(([key]) => !key.startsWith('prom_multiproc')));
}

async function errorsOf(lines: readonly string[], mapping = NO_MAPPING) {
  const shown = Object.entries(await shownBy(lines, mapping));
  const errors = shown.filter(([key]) => key.startsWith(ERRORS));
  return Object.fromEntries(
    errors.map(([key, count]) => [key.replace(/^.*="(.*)"\}$/, '$1'), count]),
  );
}

test.serial(
  'lines of one name with other tags are one family, with the labels of each',
  async (t) => {
    const lines = ['i1.n:1|c', 'i1.n:2|c|#a:x', 'i1.n:3|c|#b:y,a:x', 'i1.n:4|c|#a:x,b:y'];
    t.deepEqual(await metricsOf(lines), {
      i1_n: 1,
      'i1_n{a="x"}': 2,
      'i1_n{a="x",b="y"}': 7,
    });
    const families = parsePage(await collect()).filter(({ name }) => name === 'i1_n');
    t.deepEqual(
      families.map(({ type, samples }) => [type, samples.length]),
      [['counter', 3]],
    );
  },
);

test.serial('gauges are set, and go up and down from what they are', async (t) => {
  t.deepEqual(await metricsOf(['i2.a:5|g', 'i2.a:+3|g', 'i2.a:-10|g', 'i2.b:+4|g']), {
    i2_a: -2,
    i2_b: 4,
  });
  t.deepEqual(await errorsOf(['i2.c:1e308|g', 'i2.c:+1e308|g']), { malformed_value: 1 });
});

test.serial('sampled values count as many times as they stand for', async (t) => {
  const shown = await metricsOf(['i3.c:3|c|@0.1', 'i3.t:200:600|ms|@0.25']);
  t.is(shown.i3_c, 30);
  t.is(shown['i3_t_bucket{le="0.1"}'], 0);
  t.is(shown['i3_t_bucket{le="0.25"}'], 4);
  t.is(shown['i3_t_bucket{le="1"}'], 8);
  t.is(shown['i3_t_bucket{le="+Inf"}'], 8);
  t.is(shown.i3_t_count, 8);
  t.is(shown.i3_t_sum, 3.2);
});

test.serial('rules scale, choose buckets and summaries, and add labels', async (t) => {
  const mapping = await parseMapping(
    Buffer.from(`
mappings:
- { match: "i4.kb.*", name: i4_bytes, labels: { of: "$1" }, scale: 1000, observer_type: summary }
- { match: "i4.t", name: i4_seconds, help: "Own help.", buckets: [1] }
- { match: "i4.l", name: i4_l, labels: { a: rule, b: rule } }
- { match: "i4.h", name: i4_h, labels: { a: rule, b: rule }, honor_labels: true }
- { match: "i4.d", action: drop }
`),
  );
  const lines = [
    'i4.kb.x:2:3|h',
    'i4.t:500|ms',
    'i4.l:1|c|#a:line',
    'i4.h:1|c|#a:line',
    'i4.d:1|c',
  ];
  t.deepEqual(await shownBy(lines, mapping), {
    'i4_bytes_sum{of="x"}': 5000,
    'i4_bytes_count{of="x"}': 2,
    'i4_seconds_bucket{le="1"}': 1,
    'i4_seconds_bucket{le="+Inf"}': 1,
    i4_seconds_sum: 0.5,
    i4_seconds_count: 1,
    'i4_l{a="rule",b="rule"}': 1,
    'i4_h{a="line",b="rule"}': 1,
    prom_multiproc_statsd_lines_total: 5,
    prom_multiproc_statsd_samples_dropped_total: 1,
    'prom_multiproc_statsd_samples_total{type="counter"}': 2,
    'prom_multiproc_statsd_samples_total{type="observer"}': 3,
  });
  t.regex(await collect(), /^# HELP i4_seconds Own help\.$/m);
});

test.serial('a part of a name that is empty makes no name and no label', async (t) => {
  const mapping = await parseMapping(
    Buffer.from(`
mappings:
- { match: "i10.name.*", name: "$1" }
- { match: "i10.label.*", name: i10_labelled, labels: { l: "$1" } }
`),
  );
  t.deepEqual(await errorsOf(['i10.name.:1|c'], mapping), { empty_metric_name: 1 });
  t.deepEqual(await metricsOf(['i10.label.:1|c', 'i10.label.x:1|c'], mapping), {
    i10_labelled: 1,
    'i10_labelled{l="x"}': 1,
  });
});

test.serial('a name of another type is refused, and the first type stays', async (t) => {
  const lines = ['i5.n:1|c', 'i5.n:5|g', 'i5.n:5|ms|#a:b', 'i5_n:1|c'];
  t.deepEqual(await errorsOf(lines), { type_conflict: 2 });
  t.deepEqual(await metricsOf(['i5.n:1|c']), { i5_n: 1 });
});

test.serial('a name that another metric has a sample of is refused', async (t) => {
  const lines = ['i6.t:1|ms', 'i6.t.count:1|c', 'i6.t_sum:1|g', 'i6.t.bucket:1|h'];
  t.deepEqual(await errorsOf(lines), { name_conflict: 3 });
  t.deepEqual(await errorsOf(['i6.x_total:1|c', 'i6.x:1|g', 'i6.y_count:1|g', 'i6.y:1|h']), {
    name_conflict: 2,
  });
});

test.serial('names of the library and labels of Prometheus are refused', async (t) => {
  const lines = [
    'prom_multiproc_info:1|g',
    'prom_multiproc.statsd.lines_total:1|c',
    'i7.t:1|ms|#le:1',
    'i7.c:1|c|#__name__:x',
  ];
  t.deepEqual(await errorsOf(lines), { reserved_name: 2, reserved_label: 2 });
});

test.serial('tags without a value are counted, each time', async (t) => {
  const shown = await shownBy(['i8.c:1|c|#flag,a:b', 'i8.c:1|c|#flag,a:b']);
  t.is(shown['i8_c{a="b"}'], 2);
  t.is(shown.prom_multiproc_statsd_tag_errors_total, 2);
});

test.serial('series beyond the limit of a metric count as one', async (t) => {
  const lines = Array.from({ length: 80 }, (_, i) => `i9.c:1|c|#user:${i}`);
  const shown = await metricsOf([...lines, ...lines]);
  t.is(Object.keys(shown).length, 51);
  t.is(shown['i9_c{user="49"}'], 2);
  t.is(shown['i9_c{user="__overflow__"}'], 60);
});

test.serial(
  'whatever the lines are, the page can be read and every sample is accounted for',
  async (t) => {
    const intake = new Intake(threadState(), NO_MAPPING);
    const word = fc.oneof(
      fc.constantFrom(
        'z',
        'z.count',
        'z_total',
        'z_sum',
        'z_bucket',
        '__proto__',
        'constructor',
        'le',
      ),
      fc.string({ maxLength: 6, unit: 'binary' }),
    );
    const value = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.string({ maxLength: 4 }),
    );
    const field = fc.oneof(
      fc.constantFrom('c', 'g', 'ms', 'h', 'd', 's', '@0.1', '@', '#', 'c:1', 'T1', 'c:1'),
      fc.tuple(word, word).map(([name, tag]) => `#${name}:${tag}`),
      word,
    );
    const line = fc
      .tuple(word, value, fc.array(field, { maxLength: 4 }))
      .map(([name, number, fields]) => `z${name}:${[number, ...fields].join('|')}`);
    const bytes = fc.oneof(
      { weight: 10, arbitrary: fc.array(line).map((lines) => Buffer.from(lines.join('\n'))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((raw) => Buffer.from(raw)) },
    );
    const counted = async () => {
      const samples = Object.entries(samplesByKey(await collect()));
      return samples
        .filter(([key]) => /statsd_(?:samples|errors)_total/.test(key))
        .reduce((sum, [, count]) => sum + count, 0);
    };
    let accounted = await counted();
    const taker = {
      take(text: string | undefined) {
        const { samples, refused } = parseLine(text ?? '');
        accounted += samples.length + refused.length;
        intake.take(text);
      },
      refuse: () => t.fail('no line is too long'),
    };
    await fc.assert(
      fc.asyncProperty(bytes, async (datagram) => {
        takeLines(datagram, taker);
        parsePage(await collect());
        parsePage(await collect({ format: 'openmetrics' }));
        t.is(await counted(), accounted);
      }),
      { numRuns: 500 },
    );
    const shown = samplesByKey(await collect());
    t.true((shown[`${ERRORS}{reason="type_conflict"}`] as number) > 0);
    t.true((shown[`${ERRORS}{reason="name_conflict"}`] as number) > 0);
  },
);

test.serial('names beyond the limit are refused, and known ones go on', async (t) => {
  const intake = new Intake(threadState(), NO_MAPPING);
  for (let i = 0; i < MAX_METRICS; i++) intake.take(`many.n${i}:1|c`);
  const before = samplesByKey(await collect());
  intake.take('many.more:1|c');
  intake.take('many.n7:1|c|#new:tag');
  intake.take('many.n7:1|c');
  const after = samplesByKey(await collect());
  const refused = `${ERRORS}{reason="metric_limit"}`;
  t.is((after[refused] as number) - (before[refused] ?? 0), 2);
  t.is(after.many_n7, 2);
  t.is(Object.keys(after).filter((key) => key.startsWith('many_')).length, MAX_METRICS);
});
