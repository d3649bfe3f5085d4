import test from 'ava';
import { assertSameSamples, parsePage } from '../../bench/support/page.js';

test('a sample is found under its name and its labels, whatever their order', (t) => {
  const page = '# HELP a h\n# TYPE a counter\na{y="2",x="1"} 3\nb 1e-7\n';
  t.deepEqual(
    [...parsePage(page)],
    [
      ['a{x="1",y="2"}', 3],
      ['b{}', 1e-7],
    ],
  );
});

test('quotes, braces, commas and backslashes in a label value stay in it', (t) => {
  const label = String.raw`x="a\"},b=\"\\"`;
  t.deepEqual([...parsePage(`a{${label}} +Inf`).keys()], [`a{${label}}`]);
});

test('a bound of a bucket is a number, however it is written', (t) => {
  const keys = (page: string) => [...parsePage(page).keys()];
  t.deepEqual(keys('a{le="1.0"} 1\na{le="+Inf"} 1'), ['a{le="1"}', 'a{le="+Inf"}']);
  t.deepEqual(keys('a{x="1.0"} 1'), ['a{x="1.0"}']);
});

test('infinities and NaN are read', (t) => {
  t.deepEqual([...parsePage('a +Inf\nb -Inf\nc NaN').values()], [Infinity, -Infinity, Number.NaN]);
});

test('a line that is no sample, and a sample that comes twice, are errors', (t) => {
  t.throws(() => parsePage('a{x="1"}'), { message: /not a sample/ });
  t.throws(() => parsePage('a{x="1" y="2"} 1'), { message: /not labels/ });
  t.throws(() => parsePage('a{x="1",y="2"} 1\na{y="2",x="1"} 1'), { message: /appears twice/ });
});

test('pages differ by a value, by the sign of zero, and by a sample that one does not have', (t) => {
  const page = parsePage('a 1\nb 0');
  t.is(assertSameSamples(page, parsePage('b 0\na 1'), 'who'), 2);
  for (const other of ['a 2\nb 0', 'a 1\nb -0', 'a 1', 'a 1\nb 0\nc 1']) {
    t.throws(() => assertSameSamples(page, parsePage(other), 'who'), { message: /who: 1 sample/ });
  }
  const none = parsePage('');
  t.throws(() => assertSameSamples(none, none, 'who'), { message: /empty/ });
});
