// Exemplars as prom-client has them: the same operations by both libraries, the clock
// standing still. Where this library is meant to differ: test/oracles/prom-client.

import test, { type ExecutionContext } from 'ava';
import * as theirs from 'prom-client';
import * as ours from '../../src/index.js';

const NOW_MS = 1_700_000_000_123;
const OPENMETRICS = ours.Registry.OPENMETRICS_CONTENT_TYPE;

type Library = typeof ours;
// biome-ignore lint/suspicious/noExplicitAny: programs here do what the types forbid
type Loose = any;

test.before(() => {
  Date.now = () => NOW_MS;
});

interface Side {
  readonly library: Library;
  readonly registry: ours.Registry<ours.RegistryContentType>;
  counter(config?: object): Loose;
  histogram(config?: object): Loose;
}

function sideOf(library: Library, contentType: ours.RegistryContentType): Side {
  const registry = new library.Registry(contentType);
  const made = { help: 'h', registers: [registry], enableExemplars: true };
  return {
    library,
    registry,
    counter: (config) => new library.Counter({ name: 'c', ...made, ...config }),
    histogram: (config) =>
      new library.Histogram({ name: 'h', buckets: [1, 2], ...made, ...config }),
  };
}

/** Lines of a page in the order of their names: the libraries order series differently. */
function linesOf(page: string): string[] {
  const le = (text: string) => text.replace(/le="(\d+)"/g, 'le="$1.0"');
  const sorted = (line: string) =>
    line.replace(/^(\w+)\{([^}]*)\}/, (_, name, labels) => `${name}{${labels.split(',').sort()}}`);
  return page.split('\n').map(le).map(sorted).filter(Boolean).sort();
}

/** What a program gives with a library: what it returns or throws, `get()`, and pages of both formats. */
async function outcome(library: Library, program: (side: Side) => unknown) {
  const side = sideOf(library, OPENMETRICS);
  const { registry } = side;
  let returned: unknown;
  try {
    returned = await program(side);
  } catch (error) {
    returned = `${(error as Error).name}: ${(error as Error).message}`;
  }
  // JSON leaves out what is undefined, and the class of an exemplar.
  const json = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()));
  const openMetrics = linesOf(await registry.metrics());
  registry.setContentType(library.Registry.PROMETHEUS_CONTENT_TYPE);
  const text = linesOf(await registry.metrics());
  registry.clear();
  return { returned, json: ordered(json), openMetrics, text };
}

function ordered(metrics: { values: { labels: object }[] }[]) {
  const sorted = (object: object) => Object.fromEntries(Object.entries(object).sort());
  const keyOf = (value: { labels: object }) => JSON.stringify(value);
  return metrics.map(({ values, ...rest }) => ({
    ...rest,
    values: values
      .map((value) => ({ ...sorted(value), labels: sorted(value.labels) }))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  }));
}

const traced = { trace_id: 'abc', span_id: '1' };

const PROGRAMS: Readonly<Record<string, (side: Side) => unknown>> = {
  'a counter counts one without arguments, and has no exemplar': (s) => s.counter().inc() && null,
  'a counter takes one object': (s) =>
    void s
      .counter({ labelNames: ['l'] })
      .inc({ labels: { l: 'x' }, value: 2, exemplarLabels: traced }),
  'a counter without labels has an exemplar': (s) =>
    void s.counter().inc({ exemplarLabels: traced }),
  'an exemplar of a counter may have no labels': (s) =>
    void s.counter().inc({ exemplarLabels: {} }),
  'a counter that is increased by nothing has an exemplar of 1': (s) =>
    void s.counter().inc({ value: 0, exemplarLabels: traced }),
  'an update without exemplar leaves the last': (s) => {
    const counter = s.counter();
    counter.inc({ value: 2, exemplarLabels: traced });
    counter.inc({ value: 3 });
  },
  'the last exemplar counts': (s) => {
    const counter = s.counter();
    counter.inc({ value: 2, exemplarLabels: traced });
    counter.inc({ value: 3, exemplarLabels: { other: 'x' } });
  },
  'a plain number is no object: it counts one': (s) => void s.counter().inc(5),
  'a null is none': (s) => void s.counter().inc(null),
  'an unknown label counts nothing': (s) =>
    void s.counter().inc({ labels: { x: 'y' }, exemplarLabels: traced }),
  'a negative value counts nothing': (s) =>
    void s.counter().inc({ value: -1, exemplarLabels: traced }),
  'a value that is no number counts nothing': (s) =>
    void s.counter().inc({ value: 'x', exemplarLabels: traced }),
  'a counter that is reset has no exemplar': (s) => {
    const counter = s.counter();
    counter.inc({ exemplarLabels: traced });
    counter.reset();
  },
  'a series that was removed comes back without its exemplar': (s) => {
    const counter = s.counter({ labelNames: ['l'] });
    counter.inc({ labels: { l: 'x' }, exemplarLabels: traced });
    counter.inc({ labels: { l: 'y' }, exemplarLabels: traced });
    counter.remove('x');
    counter.inc({ labels: { l: 'x' } });
  },
  'label values that are numbers': (s) =>
    void s.counter().inc({ exemplarLabels: { n: 5, f: 0.5 } }),
  'label values that need an escape': (s) =>
    void s.counter().inc({ exemplarLabels: { a: '"\\\n', b: 'ü🦉' } }),
  '128 characters are not too many': (s) =>
    void s.counter().inc({ exemplarLabels: { name: 'x'.repeat(124) } }),
  '128 characters of three bytes are not too many': (s) =>
    void s.counter().inc({ exemplarLabels: { n: '中'.repeat(127) } }),
  'a metric without enableExemplars takes labels': (s) =>
    void s.counter({ enableExemplars: false, labelNames: ['exemplarLabels'] }).inc({
      exemplarLabels: 'x',
    }),
  'a gauge and a summary take no notice': (s) => {
    const config = { help: 'h', registers: [s.registry], enableExemplars: true };
    new s.library.Gauge({ name: 'g', ...config } as Loose).set(1);
    new s.library.Summary({ name: 's', percentiles: [], ...config } as Loose).observe(1);
    s.registry.removeSingleMetric('s');
  },
  'a histogram has an exemplar in each bucket': (s) => {
    const histogram = s.histogram({ labelNames: ['l'] });
    for (const value of [0.5, 1, 1.5, 2, 7, 8]) {
      const exemplarLabels = { trace_id: `t${value}` };
      histogram.observe({ labels: { l: 'x' }, value, exemplarLabels });
    }
    histogram.observe({ labels: { l: 'y' }, value: 1.5, exemplarLabels: traced });
  },
  'a histogram without labels': (s) =>
    void s.histogram().observe({ value: 3, exemplarLabels: traced }),
  'an exemplar of a histogram has labels': (s) =>
    void s.histogram().observe({ value: 1, exemplarLabels: {} }),
  'a value without exemplar leaves the last of its bucket': (s) => {
    const histogram = s.histogram();
    histogram.observe({ value: 1.5, exemplarLabels: traced });
    histogram.observe({ value: 1.7 });
  },
  'a histogram that observes nothing': (s) => void s.histogram().observe(),
  'a histogram takes no plain number': (s) => void s.histogram().observe(5),
  'a histogram refuses an unknown label': (s) =>
    void s.histogram().observe({ labels: { x: 'y' }, value: 1, exemplarLabels: traced }),
  'a histogram refuses what is no number': (s) =>
    void s.histogram().observe({ value: Number.NaN, exemplarLabels: traced }),
  'a histogram that is set to zero has no exemplars': (s) => {
    const histogram = s.histogram({ labelNames: ['l'] });
    histogram.observe({ labels: { l: 'x' }, value: 1, exemplarLabels: traced });
    histogram.observe({ labels: { l: 'x' }, value: 9, exemplarLabels: traced });
    histogram.zero({ l: 'x' });
    histogram.observe({ labels: { l: 'x' }, value: 9 });
  },
  'a registry that is not for OpenMetrics takes no metric with exemplars': (s) => {
    s.registry.setContentType(s.library.Registry.PROMETHEUS_CONTENT_TYPE);
    s.counter();
  },
  'nor a gauge that asks for them': (s) => {
    const registers = [new s.library.Registry()];
    new s.library.Gauge({ name: 'g', help: 'h', registers, enableExemplars: true } as Loose);
  },
  'nor a histogram in the default registry': (s) =>
    new s.library.Histogram({ name: 'g', help: 'h', enableExemplars: true } as Loose),
  'enableExemplars is told': (s) => s.histogram().enableExemplars,
};

for (const [what, program] of Object.entries(PROGRAMS)) {
  test(`as in prom-client: ${what}`, async (t) => {
    const expected = await outcome(theirs as unknown as Library, program);
    t.deepEqual(await outcome(ours, program), expected);
  });
}

test('labels that are too long throw what prom-client throws, and the value counts', async (t) => {
  const program = (make: (side: Side) => Loose, method: string) => async (library: Library) => {
    const side = sideOf(library, OPENMETRICS);
    const data = { value: 3, exemplarLabels: { name: 'x'.repeat(125) } };
    const thrown = t.throws(() => make(side)[method](data), { instanceOf: RangeError });
    const counted = /^(?:c_total|h_sum) (\d+)/m.exec(await side.registry.metrics())?.[1];
    return { message: thrown?.message, counted };
  };
  for (const run of [
    program((side) => side.counter(), 'inc'),
    program((side) => side.histogram(), 'observe'),
  ]) {
    const expected = await run(theirs as unknown as Library);
    t.deepEqual(await run(ours), expected);
    t.is(expected.counted, '3');
  }
});

test('an exemplar that was refused leaves the last one', async (t) => {
  const { registry, counter } = sideOf(ours, OPENMETRICS);
  const c = counter();
  c.inc({ exemplarLabels: traced });
  t.throws(() => c.inc({ exemplarLabels: { 'no-label': 'x' } }), { message: 'Invalid label name' });
  t.throws(() => c.inc({ exemplarLabels: { a: 'x'.repeat(128) } }), { instanceOf: RangeError });
  t.regex(
    await registry.metrics(),
    /^c_total 3 # \{trace_id="abc",span_id="1"\} 1 1700000000.123$/m,
  );
});

async function timed(t: ExecutionContext, library: Library): Promise<string> {
  const { registry, histogram } = sideOf(library, OPENMETRICS);
  const end = histogram({ labelNames: ['a', 'b'] }).startTimer({ a: '1' }, { trace_id: 'x' });
  const seconds = end({ b: '2' }, { span_id: 'y' });
  t.true(seconds < 1);
  return linesOf((await registry.metrics()).replaceAll(`${seconds}`, 'S')).join('\n');
}

test('a timer gives what it took an exemplar, with labels of its begin and its end', async (t) => {
  const page = await timed(t, ours);
  t.is(page, await timed(t, theirs as unknown as Library));
  t.regex(page, /le="1.0"\} 1 # \{trace_id="x",span_id="y"\} S 1700000000.123/);
});

test('bound children count and give no exemplar', async (t) => {
  const { registry, counter, histogram } = sideOf(ours, OPENMETRICS);
  counter({ labelNames: ['l'] })
    .labels('x')
    .inc(5);
  const bound = histogram({ labelNames: ['l'] }).labels('x');
  bound.observe(1.5);
  bound.startTimer()();
  const page = await registry.metrics();
  t.regex(page, /^c_total\{l="x"\} 5$/m);
  t.regex(page, /^h_count\{l="x"\} 2$/m);
  t.notRegex(page, / # \{/);
});

test('a metric that a registry shows again has the exemplars that it had', async (t) => {
  const { registry, counter } = sideOf(ours, OPENMETRICS);
  const c = counter();
  c.inc({ exemplarLabels: traced });
  registry.removeSingleMetric('c');
  c.inc({ exemplarLabels: { trace_id: 'unseen' } });
  registry.registerMetric(c);
  t.regex(await registry.metrics(), /^c_total 2 # \{trace_id="unseen"\} 1 /m);
});

test('series beyond the limit share one exemplar', async (t) => {
  const { registry, counter } = sideOf(ours, OPENMETRICS);
  const c = counter({ labelNames: ['l'], maxSeries: 1 });
  for (const l of ['a', 'b', 'c']) c.inc({ labels: { l }, exemplarLabels: { trace_id: l } });
  const page = await registry.metrics();
  t.regex(page, /^c_total\{l="a"\} 1 # \{trace_id="a"\}/m);
  t.regex(page, /^c_total\{l="__overflow__"\} 2 # \{trace_id="c"\}/m);
});

test('families as data have exemplars on the samples that have one, and no other key', async (t) => {
  const { histogram } = sideOf(ours, OPENMETRICS);
  histogram({ name: 'data_seconds' }).observe({ value: 1.5, exemplarLabels: traced });
  const [family] = await ours.collectFamilies({ names: ['data_seconds'] });
  t.deepEqual(
    family?.samples.filter((sample) => 'exemplar' in sample),
    [
      {
        name: 'data_seconds_bucket',
        labels: { le: '2' },
        value: 1,
        exemplar: { labels: traced, value: 1.5, timestampSeconds: NOW_MS / 1000 },
      },
    ],
  );
});
