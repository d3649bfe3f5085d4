// Names and labels by OpenTelemetry's Prometheus compatibility specification.

import test from 'ava';
import { labelsOf, pointKey } from '../../../src/integrations/opentelemetry/labels.js';
import { labelName, metricName } from '../../../src/integrations/opentelemetry/names.js';
import { unitWord } from '../../../src/integrations/opentelemetry/units.js';

const gauge = (name: string, unit = '') => metricName({ name, unit, monotonic: false });
const counter = (name: string, unit = '') => metricName({ name, unit, monotonic: true });

test('characters that Prometheus discourages become one underscore', (t) => {
  t.is(gauge('http.server/active-requests'), 'http_server_active_requests');
  t.is(gauge('a..b__c'), 'a_b_c');
  t.is(gauge('job:rule'), 'job:rule');
  t.is(gauge('2xx.rate'), '_2xx_rate');
  t.is(gauge('größe'), 'gr_e');
  t.deepEqual(
    ['', '...', '_'].map((name) => gauge(name)),
    ['', '', ''],
  );
});

test('the unit is a word behind the name, where it is not there', (t) => {
  t.is(gauge('duration', 's'), 'duration_seconds');
  t.is(gauge('duration.seconds', 's'), 'duration_seconds');
  t.is(gauge('seconds', 's'), 'seconds');
  t.is(gauge('milliseconds', 's'), 'milliseconds_seconds');
  t.is(gauge('heap', 'By'), 'heap_bytes');
  t.is(gauge('speed', 'm/s'), 'speed_meters_per_second');
  t.is(gauge('arrivals', '{request}/s'), 'arrivals_per_second');
  t.is(gauge('connections', '{connection}'), 'connections');
  t.is(gauge('utilization', '1'), 'utilization');
  t.is(gauge('load', '%'), 'load_percent');
  t.is(gauge('odd', 'a!b'), 'odd_a_b');
});

test('a counter ends in _total, behind its unit', (t) => {
  t.is(counter('requests'), 'requests_total');
  t.is(counter('requests_total'), 'requests_total');
  t.is(counter('time', 's'), 'time_seconds_total');
  t.is(counter('time.total', 's'), 'time_seconds_total');
  t.is(counter('time_seconds_total', 's'), 'time_seconds_total');
  t.is(gauge('grand_total'), 'grand_total');
});

test('a unit of annotations alone, or named like a method of objects, is no word of ours', (t) => {
  t.is(unitWord('{a}'), '');
  t.is(unitWord('constructor'), 'constructor');
  t.is(unitWord('By/constructor'), 'bytes_per_constructor');
});

test('labels of one name share their values in the order of the keys', (t) => {
  t.deepEqual(labelsOf('counter', { 'a-b': 2, 'a.b': 'x', a_b: true, z: '' }), [
    ['a_b', '2;x;true'],
    ['z', ''],
  ]);
  t.deepEqual(labelsOf('counter', { otel_scope_name: 'mine' }, { 'otel.scope.name': 'theirs' }), [
    ['otel_scope_name', 'theirs;mine'],
  ]);
  t.deepEqual([labelName('__name__'), labelName('1'), labelName('')], ['_name_', '_1', '_']);
});

test('values that are no text are shown as JSON, and numbers that JSON has not by their names', (t) => {
  const attributes = { list: ['a', 'b'], no: false, nan: Number.NaN, half: 0.5, not: undefined };
  t.deepEqual(labelsOf('gauge', attributes), [
    ['half', '0.5'],
    ['list', '["a","b"]'],
    ['nan', 'NaN'],
    ['no', 'false'],
  ]);
});

test("the label of buckets is a histogram's own", (t) => {
  t.deepEqual(labelsOf('histogram', { le: '5' }), [['exported_le', '5']]);
  t.deepEqual(labelsOf('gauge', { le: '5' }), [['le', '5']]);
});

test('points that the SDK keeps apart have keys of their own', (t) => {
  const keys = [{ a: 1 }, { a: '1' }, { a: '1', b: '' }, { a: '1b', c: '' }, {}].map(pointKey);
  t.is(new Set(keys).size, keys.length);
  t.is(pointKey({ a: 1, b: 2 }), pointKey({ b: 2, a: 1 }));
});
