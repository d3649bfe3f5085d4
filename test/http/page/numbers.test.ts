// What the page for people makes of numbers, without a browser.

import test from 'ava';
import { Histories, History } from '../../../src/http/page/history.js';
import {
  formatDuration,
  formatMoment,
  formatNumber,
  formatRate,
  formatShare,
  isMoment,
  toNumber,
} from '../../../src/http/page/numbers.js';
import { labelText, visible } from '../../../src/http/page/text.js';

/** With the blanks that do not break a line as others. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('a number is shown in a unit that fits its size', (t) => {
  const cases: readonly [number, string | undefined, string][] = [
    [0, undefined, '0'],
    [1234, undefined, '1,234'],
    [0.12345, undefined, '0.123'],
    [1_234_567, undefined, '1.23 M'],
    [-2.5e12, undefined, '-2.5 T'],
    [0.00001, undefined, '1.00e-5'],
    [1e30, undefined, '1,000,000,000,000,000 P'],
    [Number.NaN, 'bytes', 'NaN'],
    [Number.POSITIVE_INFINITY, 'seconds', '∞'],
    [Number.NEGATIVE_INFINITY, undefined, '−∞'],
    [0, 'seconds', '0 s'],
    [2.5e-9, 'seconds', '2.5 ns'],
    [0.0421, 'seconds', '42.1 ms'],
    [59.94, 'seconds', '59.9 s'],
    [300, 'seconds', '5 min'],
    [36_000, 'seconds', '10 h'],
    [86_400 * 3, 'seconds', '3 d'],
    [0, 'bytes', '0 B'],
    [1536, 'bytes', '1.5 KiB'],
    [-(2 ** 31), 'bytes', '-2 GiB'],
    [0.256, 'ratio', '25.6 %'],
    [12, 'volts', '12'],
  ];
  for (const [value, unit, text] of cases) t.is(plain(formatNumber(value, unit)), text);
});

test('a rate, a share, a moment and a duration are shown as such', (t) => {
  t.is(formatRate(undefined), '–');
  t.is(plain(formatRate(2048, 'bytes')), '2 KiB/s');
  t.deepEqual([0, 0.0001, 0.25, 1].map(formatShare), ['0.0 %', '< 0.1 %', '25.0 %', '100.0 %']);
  t.true(isMoment('process_start_time_seconds') && isMoment('last_success_timestamp_seconds'));
  t.false(isMoment('uptime_seconds') || isMoment('request_time_seconds'));
  t.is(formatMoment(1_767_582_000), '2026-01-05 03:00:00 UTC');
  t.deepEqual([0.4, 59, 61, 3_700, 90_000].map(formatDuration), [
    'now',
    '59 s',
    '1 min 1 s',
    '1 h 1 min',
    '1 d 1 h',
  ]);
});

test('what JSON has no number for is one again', (t) => {
  t.deepEqual(
    ['NaN', '+Inf', '-Inf', 1.5, undefined].map((value) => toNumber(value as never)),
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5, Number.NaN],
  );
});

test('text is cut, and spells out what cannot be seen', (t) => {
  t.is(visible('Grüße 日本語 🦊 "x"'), 'Grüße 日本語 🦊 "x"');
  t.is(visible('a\u202eb\u0000c\td\u200be'), 'a\\u202eb\\u0000c\\u0009d\\u200be');
  t.is(visible('x'.repeat(50), 10), 'xxxxxxxxxx… (50)');
  t.is(labelText({ a: 'b', c: '\n' }), '{a="b", c="\\u000a"}');
});

test('a rate is over the last minute, and begins anew where a counter does', (t) => {
  const history = new History();
  t.is(history.rate(), undefined);
  history.add(0, [100]);
  t.is(history.rate(), undefined);
  history.add(10_000, [200]);
  t.is(history.rate(), 10);
  history.add(10_000, [900]);
  t.is(history.rate(), 10, 'what is no later is no reading');
  history.add(20_000, [50]);
  t.is(history.rate(), 150 / 20);
  t.deepEqual(history.rates(), [
    [10_000, 10],
    [20_000, 5],
  ]);
  history.add(75_000, [50]);
  t.is(history.rate(), 0);
  history.add(300_000, [275]);
  t.is(history.rate(), 1, 'of readings far apart the last two');
});

test('what a histogram grew by is known unless it began anew or has other buckets', (t) => {
  const history = new History();
  history.add(0, [3, 1, 3, -2]);
  t.is(history.recentGrowth(), undefined);
  history.add(1_000, [5, 1, 5, -9]);
  t.deepEqual(history.recentGrowth(), [2, 0, 2, -7]);
  history.add(2_000, [1, 1, 1, 0]);
  t.is(history.recentGrowth(), undefined);
  history.add(3_000, [1, 1, 0]);
  t.is(history.recentGrowth(), undefined);
  history.add(4_000, [2, 2, 0]);
  t.deepEqual(history.recentGrowth(), [1, 1, 0]);
});

test('a history is bounded, and forgotten when it is no longer added to', (t) => {
  const histories = new Histories();
  for (let i = 0; i < 500; i++) histories.of('a').add(i * 1_000, [i]);
  t.true(histories.of('a').levels().length <= 120);
  t.deepEqual(histories.of('a').levels().at(-1), [499_000, 499]);
  histories.forget(600_000);
  t.not(histories.of('a').last, undefined);
  histories.forget(499_000 + 16 * 60_000);
  t.is(histories.of('a').last, undefined);
});
