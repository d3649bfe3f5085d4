import test from 'ava';
import { toFamily } from '../../src/exposition/families.js';
import { contentType, FORMATS, openMetricsContentType } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import { type FamilyTable, familyWidth } from '../../src/model/family.js';

function family(
  table: Partial<FamilyTable> & Pick<FamilyTable, 'type'>,
  values: number[],
): FamilyTable {
  const bounds = table.bounds ?? [];
  return {
    name: 'm',
    help: 'Help.',
    bounds,
    width: familyWidth(table.type, bounds),
    labels: [[]],
    ...table,
    values: Float64Array.from(values),
  };
}

const HISTOGRAM = family(
  {
    type: 'histogram',
    name: 'latency',
    bounds: [0.1, 1, 2.5e6],
    labels: [[['path', '/a']], [['path', 'b"\\\n']]],
  },
  [1, 2, 3, 4, 10.5, 0, 0, 0, 0, 0],
);

const text = (...families: FamilyTable[]) => new PageRenderer(FORMATS.text).render(families);
const openmetrics = (...families: FamilyTable[]) =>
  new PageRenderer(FORMATS.openmetrics).render(families);

test('a histogram is cumulative, its +Inf bucket is its count, and its series stay together', (t) => {
  t.is(
    text(HISTOGRAM),
    `# HELP latency Help.
# TYPE latency histogram
latency_bucket{path="/a",le="0.1"} 1
latency_bucket{path="/a",le="1"} 3
latency_bucket{path="/a",le="2500000"} 6
latency_bucket{path="/a",le="+Inf"} 10
latency_sum{path="/a"} 10.5
latency_count{path="/a"} 10
latency_bucket{path="b\\"\\\\\\n",le="0.1"} 0
latency_bucket{path="b\\"\\\\\\n",le="1"} 0
latency_bucket{path="b\\"\\\\\\n",le="2500000"} 0
latency_bucket{path="b\\"\\\\\\n",le="+Inf"} 0
latency_sum{path="b\\"\\\\\\n"} 0
latency_count{path="b\\"\\\\\\n"} 0
`,
  );
});

test('OpenMetrics writes bounds in canonical form', (t) => {
  const bounds = [...openmetrics(HISTOGRAM).matchAll(/path="\/a",le="([^"]+)"/g)];
  t.deepEqual(
    bounds.map(([, le]) => le),
    ['0.1', '1.0', '2.5e+06', '+Inf'],
  );
});

test('a histogram without bounds has the bucket +Inf', (t) => {
  t.is(
    text(family({ type: 'histogram' }, [3, 1.5])),
    '# HELP m Help.\n# TYPE m histogram\nm_bucket{le="+Inf"} 3\nm_sum 1.5\nm_count 3\n',
  );
});

test('a summary has its sum and its count', (t) => {
  t.is(
    text(family({ type: 'summary', labels: [[['a', 'b']]] }, [2, 0.5])),
    '# HELP m Help.\n# TYPE m summary\nm_sum{a="b"} 0.5\nm_count{a="b"} 2\n',
  );
});

for (const [name, familyName, sampleName] of [
  ['requests_total', 'requests', 'requests_total'],
  ['requests', 'requests', 'requests_total'],
  ['total', 'total', 'total_total'],
] as const) {
  test(`the counter ${name} is the family ${familyName} with the sample ${sampleName} in OpenMetrics`, (t) => {
    const counter = family({ type: 'counter', name }, [1]);
    t.is(
      openmetrics(counter),
      `# HELP ${familyName} Help.\n# TYPE ${familyName} counter\n${sampleName} 1\n# EOF\n`,
    );
    t.is(text(counter), `# HELP ${name} Help.\n# TYPE ${name} counter\n${name} 1\n`);
  });
}

test('a gauge keeps its name whatever it ends with', (t) => {
  t.is(
    openmetrics(family({ type: 'gauge', name: 'cpus_total' }, [4])),
    '# HELP cpus_total Help.\n# TYPE cpus_total gauge\ncpus_total 4\n# EOF\n',
  );
});

test('numbers that are none have their names', (t) => {
  const labels = ['a', 'b', 'c', 'd'].map((l) => [['l', l]] as const);
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
  const lines = text(family({ type: 'gauge', labels }, values))
    .split('\n')
    .slice(2);
  t.deepEqual(lines, ['m{l="a"} NaN', 'm{l="b"} +Inf', 'm{l="c"} -Inf', 'm{l="d"} -0', '']);
});

test('help stands on one line; OpenMetrics escapes its quotes too', (t) => {
  const gauge = family({ type: 'gauge', help: 'a "b"\\\nc' }, [1]);
  t.true(text(gauge).startsWith('# HELP m a "b"\\\\\\nc\n# TYPE'));
  t.true(openmetrics(gauge).startsWith('# HELP m a \\"b\\"\\\\\\nc\n# TYPE'));
});

test('a page without families is empty, and ends with # EOF in OpenMetrics', (t) => {
  t.is(text(), '');
  t.is(openmetrics(), '# EOF\n');
});

test('a family that is rendered again shows its new values', (t) => {
  const renderer = new PageRenderer(FORMATS.text);
  const gauge = family({ type: 'gauge' }, [1]);
  renderer.render([gauge]);
  gauge.values[0] = 2;
  t.true(renderer.render([gauge]).endsWith('\nm 2\n'));
});

test('the content types are those of the formats', (t) => {
  t.is(contentType, 'text/plain; version=0.0.4; charset=utf-8');
  t.is(openMetricsContentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
});

test('a family as data has the samples of the page', (t) => {
  const { samples, ...head } = toFamily(HISTOGRAM);
  t.deepEqual(head, { name: 'latency', help: 'Help.', type: 'histogram' });
  t.deepEqual(samples.slice(0, 6), [
    { name: 'latency_bucket', labels: { path: '/a', le: '0.1' }, value: 1 },
    { name: 'latency_bucket', labels: { path: '/a', le: '1' }, value: 3 },
    { name: 'latency_bucket', labels: { path: '/a', le: '2500000' }, value: 6 },
    { name: 'latency_bucket', labels: { path: '/a', le: '+Inf' }, value: 10 },
    { name: 'latency_sum', labels: { path: '/a' }, value: 10.5 },
    { name: 'latency_count', labels: { path: '/a' }, value: 10 },
  ]);
  t.deepEqual(toFamily(family({ type: 'summary' }, [2, 5])).samples, [
    { name: 'm_sum', labels: {}, value: 5 },
    { name: 'm_count', labels: {}, value: 2 },
  ]);
});

test('a label named like what every object has survives as data', (t) => {
  const labels = [
    [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ],
  ] as const;
  const [sample] = toFamily(family({ type: 'gauge', labels }, [1])).samples;
  t.deepEqual(Object.entries(sample?.labels ?? {}), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});
