// One process's metrics of every type, with all that is hard to write and to read.

import { GAUGE_MODES } from '../../src/model/metric.js';
import type { Writer } from '../helpers/scene.js';

export const HARD_LABELS: readonly string[] = [
  '',
  ' ',
  'plain',
  'two words',
  '"quoted"',
  'back\\slash',
  'ends with \\',
  '\\n is no line end',
  'a\nline end',
  '\r\n',
  '{curly="brackets"}',
  'comma,',
  'equals=',
  '# EOF',
  '# HELP c_total x',
  'tab\tand\u0000nul',
  'ümläut',
  '🦉 emoji 👩‍👩‍👧',
  '\u2028 line separator',
  '中文',
];

export const HARD_VALUES: readonly number[] = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  1e-7,
  1e21,
  123456789.123,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

export async function makeRichMetrics(writer: Writer, amount: number): Promise<void> {
  await writer.make('Counter', { name: 'eggs_total', help: 'Plain.' });
  await writer.call('eggs_total', 'inc', amount);
  await writer.make('Counter', {
    name: 'nests_total',
    help: 'Help with "quotes", a back\\slash,\na line end and an 🦉.',
    labelNames: ['kind', 'empty'],
  });
  for (const kind of HARD_LABELS) {
    await writer.call('nests_total', 'inc', { kind, empty: '' }, amount);
  }
  await writer.make('Counter', {
    name: 'chirps_total',
    help: 'With exemplars.',
    labelNames: ['kind'],
    enableExemplars: true,
  });
  for (const kind of HARD_LABELS) {
    // Python's parser takes a closing brace for the end of an exemplar's labels, also in a value.
    const exemplarLabels = { kind: kind.replaceAll('}', ')') };
    await writer.call('chirps_total', 'inc', { labels: { kind }, value: amount, exemplarLabels });
  }
  await writer.make('Histogram', {
    name: 'song_duration_seconds',
    help: 'With exemplars.',
    buckets: [1, 2],
    enableExemplars: true,
  });
  for (const value of [0.5, amount, 1e22]) {
    const exemplarLabels = { trace_id: `${value}`, pid: `${amount}` };
    await writer.call('song_duration_seconds', 'observe', { value, exemplarLabels });
  }
  await writer.make('Gauge', {
    name: 'feather_length_meters',
    help: 'Values that are hard to write.',
    labelNames: ['index'],
    multiprocessMode: 'mostrecent',
  });
  for (const [index, value] of HARD_VALUES.entries()) {
    await writer.call('feather_length_meters', 'set', { index }, value);
  }
  for (const mode of GAUGE_MODES) {
    const name = `perch_${mode}_meters`;
    await writer.make('Gauge', { name, help: `Mode ${mode}.`, multiprocessMode: mode });
    await writer.call(name, 'set', amount);
  }
  await writer.make('Histogram', {
    name: 'flight_duration_seconds',
    help: 'Buckets of every size.',
    labelNames: ['kind'],
    buckets: [0, 1e-9, 0.1, 1, 2.5, 10, 1e6, 1e21],
  });
  for (const kind of HARD_LABELS) {
    await writer.call('flight_duration_seconds', 'observe', { kind }, amount);
    await writer.call('flight_duration_seconds', 'observe', { kind }, 1e22);
  }
  await writer.make('Histogram', { name: 'rest_duration_seconds', help: 'Never observed.' });
  await writer.make('Summary', {
    name: 'egg_mass_grams',
    help: 'Count and sum.',
    labelNames: ['kind'],
  });
  for (const kind of HARD_LABELS) await writer.call('egg_mass_grams', 'observe', { kind }, amount);
}
