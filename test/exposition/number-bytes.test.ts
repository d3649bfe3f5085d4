import test from 'ava';
import fc from 'fast-check';
import { MAX_NUMBER_BYTES, writeNumber } from '../../src/exposition/number-bytes.js';
import { formatValue } from '../../src/exposition/numbers.js';
import { holds } from '../helpers/holds.js';

function written(value: number): string {
  const bytes = Buffer.alloc(MAX_NUMBER_BYTES + 4, '#');
  const length = writeNumber(bytes, 2, value);
  const around = bytes.toString('latin1', 0, 2) + bytes.toString('latin1', 2 + length);
  if (/[^#]/.test(around)) throw new Error(`wrote beyond ${length} bytes: ${bytes}`);
  return bytes.toString('latin1', 2, 2 + length);
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.float(),
  // Multiples of what digits are split at, and their neighbours.
  fc.tuple(fc.nat(9_007_199), fc.integer({ min: -2, max: 2 })).map(([a, b]) => a * 1e9 + b),
  fc.tuple(fc.nat(15), fc.integer({ min: -1, max: 1 })).map(([a, b]) => 10 ** a + b),
);

test('numbers are written as formatValue gives them, and no byte more', (t) => {
  holds(
    t,
    fc.property(anyNumber, (value) => t.is(written(value), formatValue(value))),
    { numRuns: 20_000 },
  );
});

test('the numbers at which digits change are written as formatValue gives them', (t) => {
  for (const power of Array.from({ length: 17 }, (_, i) => 10 ** i)) {
    for (const value of [power - 1, power, power + 1]) t.is(written(value), formatValue(value));
  }
  for (const value of [0, -0, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -1, Number.MAX_VALUE]) {
    t.is(written(value), formatValue(value));
  }
});
