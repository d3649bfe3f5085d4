import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { SAMPLE_KINDS, type SampleKind } from '../../src/statsd/line.js';
import { mapName, NO_MAPPING } from '../../src/statsd/mapping.js';
import { parseMapping } from '../../src/statsd/mapping-file.js';
import { root } from '../docs/program.js';

const read = (text: string) => parseMapping(Buffer.from(text));

/** Name and labels that a name has by a mapping file, as one text. */
async function mapped(file: string, name: string, kind: SampleKind = 'counter'): Promise<string> {
  const found = mapName(name, kind, await read(file));
  if (found === undefined) return 'dropped';
  return [found.name, ...found.labels.map(([label, value]) => `${label}=${value}`)].join(' ');
}

test('without a file every name is mapped as it is', (t) => {
  t.is(mapName('a.b', 'counter', NO_MAPPING)?.name, 'a_b');
});

test('stars are whole parts of a name, and fill names and labels', async (t) => {
  const file = `
mappings:
- match: "api.*.*.time"
  name: "api_\${1}_seconds"
  labels: { route: "$2", both: "$1-$2", job: fixed, version: 2 }
`;
  t.is(
    await mapped(file, 'api.get.user-list.time'),
    'api_get_seconds route=user-list both=get-user-list job=fixed version=2',
  );
  t.is(await mapped(file, 'api.get.time'), 'api_get_time');
  t.is(await mapped(file, 'api.a.b.c.time'), 'api_a_b_c_time');
  t.is(await mapped(file, 'api.a.b.timer'), 'api_a_b_timer');
});

test('the first rule that fits is taken, though a later one is more exact', async (t) => {
  const file = `
mappings:
- { match: "a.*.c", name: stars }
- { match: "a.b.c", name: exact }
- { match: "x.b.c", name: exact }
- { match: "*.*.*", action: drop }
`;
  t.is(await mapped(file, 'a.b.c'), 'stars');
  t.is(await mapped(file, 'x.b.c'), 'exact');
  t.is(await mapped(file, 'x.y.z'), 'dropped');
});

test('a rule may be for one type alone', async (t) => {
  const file = `
mappings:
- { match: "a.*", match_metric_type: gauge, name: of_gauges }
- { match: "a.*", match_metric_type: observer, name: of_timers }
- { match: "a.*", name: of_all }
`;
  t.is(await mapped(file, 'a.b', 'gauge'), 'of_gauges');
  t.is(await mapped(file, 'a.b', 'observer'), 'of_timers');
  t.is(await mapped(file, 'a.b', 'counter'), 'of_all');
});

test('observers are histograms or summaries by rule, by default, or without a word', async (t) => {
  const mapping = await read(`
defaults: { observer_type: summary, histogram_options: { buckets: [1, 2] } }
mappings:
- { match: "a", name: a, observer_type: histogram }
- { match: "b", name: b, observer_type: histogram, histogram_options: { buckets: [3, .inf] } }
- { match: "c", name: c, timer_type: histogram, buckets: [4] }
`);
  const observer = (name: string) => mapName(name, 'observer', mapping)?.observer;
  t.deepEqual(observer('a'), { type: 'histogram', buckets: [1, 2] });
  t.deepEqual(observer('b'), { type: 'histogram', buckets: [3] });
  t.deepEqual(observer('c'), { type: 'histogram', buckets: [4] });
  t.is(observer('d')?.type, 'summary');
  t.is(mapName('d', 'observer', await read('{}'))?.observer.type, 'histogram');
});

/** What is wrong with a file, and what is said of it. */
const FAULTS: Readonly<Record<string, RegExp>> = {
  '- a': /^this is no map/,
  'mapping: []': /^mapping: this is not known here; known are defaults, mappings$/,
  'mappings: {}': /^mappings: it is no list$/,
  'mappings: [a]': /^mappings\[0\]: this is no map/,
  'mappings: [{name: x}]': /^mappings\[0\]\.match: it is missing$/,
  'mappings: [{match: a}]': /^mappings\[0\]\.name: it is missing$/,
  'mappings: [{match: a..b, name: x}]': /between two dots there is nothing$/,
  'mappings: [{match: "a.b*", name: x}]': /in b\* the \* is not a whole part/,
  'mappings: [{match: "a.*", name: "x_$2"}]': /^mappings\[0\]\.name: \$2 stands for no \*/,
  'mappings: [{match: "a.*", name: x, labels: {l: "$0"}}]': /labels\.l: \$0 stands for no \*/,
  'mappings: [{match: a, name: x, labels: {a-b: c}}]': /labels\.a-b: this is no label name$/,
  'mappings: [{match: a, name: x, labels: {__name__: c}}]': /labels\.__name__: this is no label/,
  'mappings: [{match: a, match_type: regex, name: x}]':
    /^mappings\[0\]\.match_type: only glob patterns are matched here$/,
  'defaults: {match_type: regex}': /^defaults\.match_type: only glob/,
  'defaults: {ttl: 1m}': /^defaults\.ttl: series do not expire here/,
  'defaults: {glob_disable_ordering: true}': /the first rule that fits is taken/,
  'mappings: [{match: a, name: x, action: keep}]': /action: keep is none of map, drop$/,
  'mappings: [{match: a, name: x, match_metric_type: set}]': /set is none of counter, gauge/,
  'mappings: [{match: a, name: x, buckets: [2, 1]}]': /no numbers in ascending order$/,
  'mappings: [{match: a, name: x, buckets: [a]}]': /no numbers in ascending order$/,
  'mappings: [{match: a, name: x, scale: -1}]': /scale: it is not from/,
  'mappings: [{match: a, name: x, honor_labels: 1}]': /honor_labels: it is neither true nor false/,
  'mappings: [{match: a, name: x, summary_options: {}}]': /summary_options: this is not known here/,
};

for (const [file, says] of Object.entries(FAULTS)) {
  test(`the mapping ${file} is refused, and it is said where`, async (t) => {
    await t.throwsAsync(read(file), { message: says });
  });
}

test('what is no YAML is refused', async (t) => {
  await t.throwsAsync(read('mappings: ['), { message: /line 1/ });
});

test('a file of more than 4 MiB, and one of more than 10000 rules, is refused', async (t) => {
  await t.throwsAsync(parseMapping(Buffer.alloc(4 * 1024 * 1024 + 1, '#')), { message: /bytes/ });
  const rules = Array.from({ length: 10_001 }, () => '{match: a, name: a}').join();
  await t.throwsAsync(read(`mappings: [${rules}]`), { message: /more than 10000/ });
});

test('the tree of rules finds what a look at all rules finds', async (t) => {
  const part = fc.constantFrom('a', 'b', '*');
  const rule = fc.record({
    match: fc.array(part, { minLength: 1, maxLength: 4 }),
    kind: fc.option(fc.constantFrom(...SAMPLE_KINDS), { nil: undefined }),
  });
  const name = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { maxLength: 12 }),
      fc.array(fc.tuple(name, fc.constantFrom(...SAMPLE_KINDS)), { minLength: 1 }),
      async (rules, names) => {
        const mapping = await read(
          JSON.stringify({
            mappings: rules.map(({ match, kind }, i) => ({
              match: match.join('.'),
              name: `rule_${i}`,
              ...(kind !== undefined && { match_metric_type: kind }),
            })),
          }),
        );
        for (const [parts, kind] of names) {
          const first = rules.findIndex(
            (one) =>
              (one.kind === undefined || one.kind === kind) &&
              one.match.length === parts.length &&
              one.match.every((pattern, i) => pattern === '*' || pattern === parts[i]),
          );
          const expected = first < 0 ? parts.join('_') : `rule_${first}`;
          t.is(mapName(parts.join('.'), kind, mapping)?.name, expected);
        }
      },
    ),
  );
});

test('a name of a thousand parts fits no rule', async (t) => {
  const name = 'a.'.repeat(999).concat('a');
  t.is(await mapped('mappings: [{match: "*", name: x}]', name), 'a_'.repeat(999).concat('a'));
});

test('the mapping file among the examples is one', async (t) => {
  const file = readFileSync(join(root, 'examples/statsd/mapping.yml'), 'utf8');
  t.is(
    await mapped(file, 'shop.checkout.card.duration', 'observer'),
    'shop_checkout_seconds payment=card',
  );
  t.is(await mapped(file, 'shop.debug.memory', 'gauge'), 'dropped');
  t.is(await mapped(file, 'shop.orders.tea'), 'shop_orders_total product=tea');
});
