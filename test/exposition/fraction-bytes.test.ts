import test from 'ava';
import fc from 'fast-check';
import { writeFraction } from '../../src/exposition/fraction-bytes.js';
import { holds } from '../helpers/holds.js';

const bytes = Buffer.alloc(40);

/** What is written, or undefined where it is left to others. */
function written(value: number): string | undefined {
  bytes.fill('#');
  const length = writeFraction(bytes, 0, value);
  if (bytes[length] !== 35) throw new Error(`wrote beyond ${length} bytes of ${value}`);
  return length === 0 ? undefined : bytes.toString('latin1', 0, length);
}

/** What applications measure: decimals, binary fractions, sums of many, neighbours of round numbers. */
const measured = fc.oneof(
  fc.tuple(fc.maxSafeInteger(), fc.nat(22)).map(([digits, places]) => digits / 10 ** places),
  fc.tuple(fc.maxSafeInteger(), fc.nat(60)).map(([bits, places]) => bits / 2 ** places),
  fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { maxLength: 50 }).map(sumOf),
  fc
    .tuple(fc.integer({ min: -7, max: 15 }), fc.integer({ min: -200, max: 200 }))
    .map(([power, steps]) => neighbour(Number(`1e${power}`), steps)),
  fc
    .tuple(fc.integer({ min: -21, max: 48 }), fc.integer({ min: -200, max: 200 }))
    .map(([power, steps]) => neighbour(2 ** power, steps)),
  fc.double({ min: 1e-7, max: 1e15, noNaN: true }),
);

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function neighbour(value: number, steps: number): number {
  const float = Float64Array.of(value);
  const bits = new BigInt64Array(float.buffer);
  bits[0] = (bits[0] as bigint) + BigInt(steps);
  return float[0] as number;
}

test('what is written is what JavaScript prints, of either sign', (t) => {
  holds(
    t,
    fc.property(measured, (value) => {
      for (const signed of [value, -value]) {
        const text = written(signed);
        if (text !== undefined) t.is(text, String(signed));
      }
    }),
    { numRuns: 50_000 },
  );
});

test('nearly all numbers that are measured are written', (t) => {
  let sum = 0;
  let left = 0;
  for (let i = 1; i <= 10_000; i++) {
    sum += Math.sin(i) ** 2;
    if (written(sum) === undefined) left++;
    if (written(i / 1000 + 0.0001) === undefined) left++;
  }
  t.true(left < 200, `${left} of 20000 were left to others`);
});

test('whole numbers, powers of two, and numbers with an exponent are left to others', (t) => {
  for (const value of [0, -0, 1, -5, 2 ** 60, 0.5, 0.125, 9e-7, 1.5e14, 1e300, 5e-324]) {
    t.is(written(value), undefined, String(value));
  }
  for (const value of [NaN, Infinity, -Infinity]) t.is(written(value), undefined);
});

test('as many digits are written as it takes, and no zeros at the end', (t) => {
  for (const text of [
    '0.3',
    '-0.3',
    '0.1',
    '1.1',
    '0.000001',
    '12345.678',
    '0.30000000000000004',
  ]) {
    t.is(written(Number(text)), text);
  }
  t.is(written(5e-324 + 100.1), '100.1');
  t.is(written(99999999999999.98), '99999999999999.98');
});
