import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { toFamily } from '../../src/exposition/families.js';
import { contentType, FORMATS, openMetricsContentType } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import { type FamilyTable, familyWidth } from '../../src/model/family.js';
import { holds } from '../helpers/holds.js';

function family(
  table: Partial<FamilyTable> & Pick<FamilyTable, 'type'>,
  values: number[],
): FamilyTable {
  const bounds = table.bounds ?? [];
  const labels = table.labels ?? [[]];
  return {
    name: 'm',
    help: 'Help.',
    bounds,
    width: familyWidth(table.type, bounds),
    labels,
    order: Int32Array.from(labels.keys()),
    stamp: 0,
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

const text = (...families: FamilyTable[]) =>
  new PageRenderer(FORMATS.text).render(families).toString();
const openmetrics = (...families: FamilyTable[]) =>
  new PageRenderer(FORMATS.openmetrics).render(families).toString();

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

/** A page that is rendered again must be that of a renderer that has seen no other. */
function rendersAgain(t: ExecutionContext, table: FamilyTable & { stamp: number }): void {
  const renderer = new PageRenderer(FORMATS.text);
  renderer.render([table]);
  holds(
    t,
    fc.property(fc.array(fc.array(anyNumber, { minLength: 1 }), { minLength: 1 }), (rounds) => {
      for (const numbers of rounds) {
        numbers.forEach((number, i) => {
          table.values[i % table.values.length] = number;
        });
        table.stamp++;
        t.is(renderer.render([table]).toString(), text({ ...table }));
      }
    }),
    { numRuns: 100 },
  );
}

const anyNumber = fc.oneof(
  fc.nat(12),
  fc.maxSafeNat(),
  fc.double(),
  fc.constantFrom(-0, 0, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e9 - 1, 1e9, 1e21),
);

test('a counter that is rendered again shows its new values, whatever their length', (t) => {
  const labels = Array.from({ length: 1500 }, (_, i) => [['path', `/${'é'.repeat(i % 40)}`]]);
  rendersAgain(t, family({ type: 'counter', labels } as never, new Array(1500).fill(1)));
});

test('a histogram that is rendered again shows its new values, whatever their length', (t) => {
  const labels = Array.from({ length: 50 }, (_, i) => [['i', `${i}`]]);
  const bounds = Array.from({ length: 20 }, (_, i) => i);
  const table = { type: 'histogram', labels, bounds } as never;
  rendersAgain(t, family(table, new Array(50 * 22).fill(0)));
});

test('a summary that is rendered again shows its new values, whatever their length', (t) => {
  rendersAgain(t, family({ type: 'summary' }, [1, 2]));
});

test('a histogram of more buckets than a block of text has lines is whole', (t) => {
  const bounds = Array.from({ length: 3000 }, (_, i) => i);
  const lines = text(family({ type: 'histogram', bounds }, new Array(3002).fill(1))).split('\n');
  t.is(lines.length, 2 + 3000 + 3 + 1);
  t.is(lines[2], 'm_bucket{le="0"} 1');
  t.is(lines.at(-2), 'm_count 3001');
});

test('a family is rendered in the order that it gives', (t) => {
  const labels = [[['l', 'b']], [['l', 'a']]];
  const table = { type: 'gauge', labels, order: Int32Array.of(1, 0) } as never;
  t.true(text(family(table, [2, 1])).endsWith('\nm{l="a"} 1\nm{l="b"} 2\n'));
});

test('values of a family whose stamp is the same are not looked at again', (t) => {
  const renderer = new PageRenderer(FORMATS.text);
  const gauge = family({ type: 'gauge' }, [1]);
  const page = renderer.render([gauge]);
  gauge.values[0] = 2;
  t.deepEqual(renderer.render([gauge]), page);
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
