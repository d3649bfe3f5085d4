// The Python client's parsers read every page to the samples that `collectFamilies`
// gives. Pages are generated, written by the metric classes and collected from files.

import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {
  Counter,
  collect,
  collectFamilies,
  type Family,
  Gauge,
  Histogram,
  openMetricsContentType,
  register,
  type Sample,
  type SampleExemplar,
  Summary,
} from '../../src/index.js';
import { identity, openScene } from '../helpers/scene.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { type PageToParse, type ParsedFamily, PythonParser } from './python-parser.js';
import { makeRichMetrics } from './rich-metrics.js';

const RUNS = 300;

type FormatName = PageToParse['format'];

/** A metric with what is done to it. */
interface Model {
  readonly type: (typeof TYPES)[number];
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[];
  readonly updates: readonly Update[];
}

interface Update {
  readonly labels: readonly string[];
  readonly value: number;
  /** Of counters and histograms. */
  readonly exemplarLabels: Record<string, string> | undefined;
}

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'\\"\n{},=# a'), maxLength: 8 }) },
);

/** Python's parsers strip spaces around a help text and do not see an empty one. */
const help = anyText.map((text) => `Help: ${text}.`);

const finite = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

const TYPES = ['Counter', 'Gauge', 'Histogram', 'Summary'] as const;
const RESERVED_LABELS = ['le', 'quantile'];

/**
 * Within the limit: five labels of 20 characters. Python's parser takes the first closing
 * brace for the end of an exemplar's labels, also one in a value.
 */
const exemplarLabels = fc.dictionary(
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,7}$/),
  anyText.map((text) => text.replaceAll('}', ')')),
  { maxKeys: 5 },
);

/** Some metrics whose names do not clash, updated with these values. */
function modelsOf(number: fc.Arbitrary<number>): fc.Arbitrary<Model[]> {
  const labelName = fc
    .stringMatching(/^[a-z][a-z0-9_]{0,3}$/)
    .filter((name) => !RESERVED_LABELS.includes(name));
  const model = fc
    .record({
      type: fc.constantFrom(...TYPES),
      stem: fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,8}$/),
      labelNames: fc.uniqueArray(labelName, { maxLength: 3 }),
    })
    .chain(({ type, stem, labelNames }) =>
      fc.record({
        type: fc.constant(type),
        // Suffixes that no sample of another family has.
        name: fc.constant(`${stem}_${type.toLowerCase()}${type === 'Counter' ? '_total' : ''}`),
        help,
        labelNames: fc.constant(labelNames),
        buckets: fc.uniqueArray(number, { minLength: 1, maxLength: 4 }),
        updates: fc.array(
          fc.record({
            labels: fc.tuple(...labelNames.map(() => anyText)),
            value: valueFor(type, number),
            exemplarLabels: fc.option(exemplarLabels, { nil: undefined }),
          }),
          { maxLength: 6 },
        ),
      }),
    );
  return fc.uniqueArray(model, { selector: ({ name }) => name, minLength: 1, maxLength: 5 });
}

/** What a metric of the type takes: a gauge everything, a counter nothing negative. */
function valueFor(type: Model['type'], number: fc.Arbitrary<number>): fc.Arbitrary<number> {
  if (type === 'Gauge') return fc.double();
  return type === 'Counter' ? number.map(Math.abs) : number;
}

function carryOut({ type, name, help, labelNames, buckets, updates }: Model): void {
  const config = { name, help, labelNames: [...labelNames] };
  const pairs = (values: readonly string[]) =>
    Object.fromEntries(labelNames.map((label, i) => [label, values[i] as string]));
  switch (type) {
    case 'Counter': {
      const counter = new Counter({ ...config, enableExemplars: true });
      for (const { labels, ...update } of updates) {
        counter.inc({ ...update, labels: pairs(labels) });
      }
      return;
    }
    case 'Gauge': {
      const gauge = new Gauge({ ...config, multiprocessMode: 'mostrecent' });
      for (const { labels, value } of updates) gauge.set(pairs(labels), value);
      return;
    }
    case 'Histogram': {
      const histogram = new Histogram({ ...config, buckets: [...buckets], enableExemplars: true });
      for (const { labels, ...update } of updates) {
        histogram.observe({ ...update, labels: pairs(labels) });
      }
      return;
    }
    case 'Summary': {
      const summary = new Summary(config);
      for (const { labels, value } of updates) summary.observe(pairs(labels), value);
    }
  }
}

/** What pages are made from: this process, or another. */
interface Source {
  collect(options: { format: FormatName }): Promise<string>;
  families(): Promise<readonly Family[]>;
}

/** Python reads the source's page to the source's families; rejects where it does not. */
async function check(python: PythonParser, source: Source, format: FormatName): Promise<void> {
  const families = (await source.families()).filter(({ name }) => !isTimed(name));
  const page = await source.collect({ format });
  compare(families, format, await python.parse({ format, page }));
}

/** The one family that is another at every collection. */
function isTimed(name: string): boolean {
  return name === 'prom_multiproc_collect_duration_seconds';
}

function compare(
  families: readonly Family[],
  format: FormatName,
  parsed: readonly ParsedFamily[],
): void {
  const expected = families.map((family) => comparable(asPythonNames(family, format), format));
  const read = parsed.filter(({ name }) => !isTimed(name)).map((f) => comparable(f, format));
  for (let i = 0; i < Math.max(expected.length, read.length); i++) {
    const [want, got] = [expected[i], read[i]].map((family) => JSON.stringify(family, null, 1));
    if (want !== got) throw new Error(`expected ${want}\nbut Python read ${got}`);
  }
}

/** Python names a counter's family without `_total`, as OpenMetrics does, which names its samples with it. */
function asPythonNames(family: Family, format: FormatName): Family {
  if (family.type !== 'counter') return family;
  const name = family.name.replace(/_total$/, '');
  const sampleName = format === 'openmetrics' ? `${name}_total` : family.name;
  return { ...family, name, samples: family.samples.map((s) => ({ ...s, name: sampleName })) };
}

/** A family as text: bounds by their number, for the formats write them differently. */
function comparable({ name, help, type, samples }: Family | ParsedFamily, format: FormatName) {
  const lines = samples.map(({ name, labels, value, exemplar }: Sample) => {
    const { le } = labels;
    const bound = le === undefined ? {} : { le: String(Number(le.replace('Inf', 'Infinity'))) };
    // Python reads the OpenMetrics value -0 as an integer, which has no sign.
    const negativeZero = format === 'text' && Object.is(value, -0);
    return [
      name,
      identity({ ...labels, ...bound }),
      negativeZero ? '-0' : String(value),
      format === 'text' ? undefined : exemplar && comparableExemplar(exemplar),
    ];
  });
  return { name, help, type, lines };
}

function comparableExemplar({ labels, value, timestampSeconds }: SampleExemplar): string {
  return `${identity(labels)} ${value} ${timestampSeconds}`;
}

test.before(() => {
  register.setContentType(openMetricsContentType as never);
  // The tests of this file write into files of their own process.
  process.env.PROMETHEUS_MULTIPROC_DIR = temporaryDirectory({
    teardown: (remove) => process.on('exit', () => remove()),
  });
});

/**
 * OpenMetrics, and Python's parser with it, allows no negative sums and bounds; the text
 * format does.
 */
const GENERATED = { text: modelsOf(finite), openmetrics: modelsOf(finite.map(Math.abs)) } as const;

const ownPage: Source = {
  collect: (options) => collect({ ...options, selfMetrics: false }),
  families: () => collectFamilies({ selfMetrics: false }),
};

for (const format of ['text', 'openmetrics'] as const) {
  test.serial(
    `the Python client reads generated pages to the same samples (${format})`,
    async (t) => {
      const python = new PythonParser(t);
      await fc.assert(
        fc
          .asyncProperty(GENERATED[format], async (models) => {
            for (const model of models) carryOut(model);
            await check(python, ownPage, format);
          })
          .afterEach(() => register.clear()),
        { numRuns: RUNS, includeErrorInReport: true },
      );
      t.pass();
    },
  );

  test.serial(
    `the Python client reads a page of several processes to the same samples (${format})`,
    async (t) => {
      const { reader, start } = openScene(t, 'file');
      const writers = [start(), start()];
      for (const [i, writer] of writers.entries()) await makeRichMetrics(writer, i + 1);
      t.true((await reader.families()).length > 15);
      const source = {
        collect: (options: { format: FormatName }) => reader.collect(options),
        families: () => reader.families(),
      };
      await check(new PythonParser(t), source, format);
    },
  );
}

test.serial('the comparison would tell of a page that is wrong', async (t) => {
  const python = new PythonParser(t);
  const families: Family[] = [
    { name: 'a', help: 'x', type: 'gauge', samples: [{ name: 'a', labels: {}, value: 0.1 }] },
  ];
  const checkPage = (page: string) =>
    check(python, { collect: async () => page, families: async () => families }, 'text');
  await t.notThrowsAsync(checkPage('# HELP a x\n# TYPE a gauge\na 0.1\n'));
  for (const page of [
    '# HELP a x\n# TYPE a gauge\na 0.10000000000000002\n',
    '# HELP a x\n# TYPE a gauge\na{l="x"} 0.1\n',
    '# HELP a y\n# TYPE a gauge\na 0.1\n',
    '# HELP a x\n# TYPE a counter\na 0.1\n',
    '# HELP a x\n# TYPE a gauge\na{l="x} 0.1\n',
  ]) {
    await t.throwsAsync(checkPage(page), undefined, page);
  }
});
