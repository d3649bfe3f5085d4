import test from 'ava';
import fc from 'fast-check';
import { formatCanonicalBound, formatValue } from '../../src/exposition/numbers.js';
import { holds } from '../helpers/holds.js';

/** As Go's `strconv.ParseFloat` reads what a page may hold. */
function parsed(text: string): number {
  switch (text) {
    case '+Inf':
      return Number.POSITIVE_INFINITY;
    case '-Inf':
      return Number.NEGATIVE_INFINITY;
    default:
      return Number(text);
  }
}

/** Every float64 is as likely as any other: subnormals, infinities, NaN, both zeros. */
const anyDouble = fc.oneof(
  fc.double(),
  fc
    .bigInt(0n, (1n << 64n) - 1n)
    .map((bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0] as number),
  fc.constantFrom(
    -0,
    0,
    Number.MIN_VALUE,
    -Number.MIN_VALUE,
    Number.MAX_VALUE,
    2 ** 53,
    1e21,
    1e-7,
    0.1 + 0.2,
  ),
);

test('every number reads back as the same float64', (t) => {
  holds(
    t,
    fc.property(anyDouble, (value) => {
      t.true(Object.is(parsed(formatValue(value)), value), formatValue(value));
    }),
    { numRuns: 5000 },
  );
});

test('every number is written in characters that the text format knows', (t) => {
  holds(
    t,
    fc.property(anyDouble, (value) => {
      t.regex(formatValue(value), /^(?:NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/);
    }),
    { numRuns: 2000 },
  );
});

test('every bound reads back as the same float64, in canonical form too', (t) => {
  const bound = anyDouble.filter(Number.isFinite);
  holds(
    t,
    fc.property(bound, (value) => {
      t.true(Object.is(Number(formatCanonicalBound(value)), value), formatCanonicalBound(value));
      t.regex(formatCanonicalBound(value), /[.e]/);
    }),
    { numRuns: 5000 },
  );
});

// OpenMetrics 1.0, "Considerations: Canonical Numbers".
const CANONICAL: readonly (readonly [number, string])[] = [
  [1e-10, '1e-10'],
  [1e-9, '1e-09'],
  [1e-5, '1e-05'],
  [0.0001, '0.0001'],
  [0.001, '0.001'],
  [0.01, '0.01'],
  [0.1, '0.1'],
  [0, '0.0'],
  [1, '1.0'],
  [10, '10.0'],
  [100, '100.0'],
  [100000, '100000.0'],
  [1e6, '1e+06'],
  [1e10, '1e+10'],
  [2.5, '2.5'],
  [-1, '-1.0'],
  [1234567, '1.234567e+06'],
  [123456.5, '123456.5'],
  [1e100, '1e+100'],
];
for (const [bound, text] of CANONICAL) {
  test(`the bound ${bound} is ${text} in OpenMetrics`, (t) => {
    t.is(formatCanonicalBound(bound), text);
  });
}
