import test from 'ava';
import { parseLine, type StatsdSample } from '../../src/statsd/line.js';
import { prometheusName } from '../../src/statsd/names.js';
import { parseTags } from '../../src/statsd/tags.js';

const sample = (given: Partial<StatsdSample>): StatsdSample => ({
  kind: 'counter',
  value: 1,
  relative: false,
  weight: 1,
  ...given,
});

const READ: Readonly<Record<string, { tags?: string; samples: Partial<StatsdSample>[] }>> = {
  'a:1|c': { samples: [{}] },
  'a:+2.5e1|c': { samples: [{ value: 25 }] },
  'a:1|c|@0.1': { samples: [{ value: 10 }] },
  'a:7|g': { samples: [{ kind: 'gauge', value: 7 }] },
  'a:+7|g': { samples: [{ kind: 'gauge', value: 7, relative: true }] },
  'a:-7|g|@0.5': { samples: [{ kind: 'gauge', value: -7, relative: true }] },
  'a:320|ms': { samples: [{ kind: 'observer', value: 0.32 }] },
  'a:320|h': { samples: [{ kind: 'observer', value: 320 }] },
  'a:320|d|@0.25': { samples: [{ kind: 'observer', value: 320, weight: 4 }] },
  'a:1|c|#k:v,k2:v2': { tags: 'k:v,k2:v2', samples: [{}] },
  'a:1|c|#k:v|@0.5|#k2:v2': { tags: 'k:v,k2:v2', samples: [{ value: 2 }] },
  'a:1|c|#url:http://x:80/': { tags: 'url:http://x:80/', samples: [{}] },
  'a:1|c|#k:v|c:83c0a99c0a54|T1656581400': { tags: 'k:v', samples: [{}] },
  'a:1|c|c:83c0a99c0a54|e:it-false,pu-75|card:none': { samples: [{}] },
  'a:1:2:3|ms|@0.5': {
    samples: [1, 2, 3].map((ms) => ({ kind: 'observer', value: ms / 1000, weight: 2 })),
  },
  'a:1|c:2|ms:3|g': {
    samples: [{}, { kind: 'observer', value: 0.002 }, { kind: 'gauge', value: 3 }],
  },
  'a:1|c|@0.5:2|c': { samples: [{ value: 2 }, { value: 2 }] },
};

for (const [line, { tags = '', samples }] of Object.entries(READ)) {
  test(`${line} is read`, (t) => {
    t.deepEqual(parseLine(line), { name: 'a', tags, samples: samples.map(sample), refused: [] });
  });
}

const REFUSED: Readonly<Record<string, string>> = {
  a: 'malformed_line',
  ':1|c': 'malformed_line',
  'a:1': 'malformed_component',
  'a:1|c|': 'malformed_component',
  'a:1|c|x': 'malformed_component',
  'a:1|c|T12x': 'malformed_component',
  'a:|c': 'malformed_value',
  'a:1x|c': 'malformed_value',
  'a:NaN|g': 'malformed_value',
  'a:Infinity|g': 'malformed_value',
  'a:0x10|c': 'malformed_value',
  'a:1e999|g': 'malformed_value',
  'a:1e300|c': 'malformed_value',
  'a:1e300|h': 'malformed_value',
  'a:1|c|@0': 'invalid_sample_factor',
  'a:1|c|@1.5': 'invalid_sample_factor',
  'a:1|c|@-1': 'invalid_sample_factor',
  'a:1|c|@1e-300': 'invalid_sample_factor',
  'a:1|c|@x': 'invalid_sample_factor',
  'a:-1|c': 'illegal_negative_counter',
  'a:1|': 'unknown_type',
  'a:1|x': 'unknown_type',
  'a:1|toString': 'unknown_type',
  'a:user7|s': 'unsupported_set',
  '_e{5,4}:title|text|p:low': 'unsupported_event',
  '_sc|Redis connection|2|#env:dev': 'unsupported_service_check',
};

for (const [line, reason] of Object.entries(REFUSED)) {
  test(`${line} is refused as ${reason}`, (t) => {
    const { samples, refused } = parseLine(line);
    t.deepEqual({ samples, refused }, { samples: [], refused: [reason] });
  });
}

test('a sample that is no good does not cost the others of its line', (t) => {
  const { samples, refused } = parseLine('a:1:x:3|h|#k:v');
  t.deepEqual(
    samples.map(({ value }) => value),
    [1, 3],
  );
  t.deepEqual(refused, ['malformed_value']);
  t.is(parseLine('a:1|s:2|c').samples.length, 1);
});

const NAMES: Readonly<Record<string, string>> = {
  'api.get-user.time': 'api_get_user_time',
  'a--b---c': 'a_b_c',
  'a b/c:d': 'a_b_c_d',
  '5xx.count': '_5xx_count',
  größe: 'gr__e',
  '😀': '_',
};

for (const [name, expected] of Object.entries(NAMES)) {
  test(`the name ${name} becomes ${expected}`, (t) => {
    t.is(prometheusName(name), expected);
  });
}

test('tags without a name or a value are left out and counted', (t) => {
  t.deepEqual(parseTags('a.b:1,flag,:v,k:,a_b:2'), { labels: new Map([['a_b', '2']]), errors: 3 });
});

test('more than 64 tags are too many', (t) => {
  const tags = (count: number) => Array.from({ length: count }, (_, i) => `k${i}:v`).join();
  t.is(parseTags(tags(64))?.labels.size, 64);
  t.is(parseTags(tags(65)), undefined);
});
