import { writeDigits } from './digits.js';
import { writeFraction } from './fraction-bytes.js';
import { formatValue } from './numbers.js';

/**
 * Numbers as the bytes of `formatValue`, which most of a scrape's time once went into:
 * whole numbers, which counts and most counters are, are written digit by digit without
 * a string between, and so are most others.
 */

/** More than the longest float64 takes: `-1.2345678901234567e-300`. */
export const MAX_NUMBER_BYTES = 32;

const BILLION = 1e9;

/** Bytes of a whole number, or 0 where it is none that `writeWhole` can write. */
export function wholeLength(value: number): number {
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) return 0;
  const small = value | 0;
  if (small === value) return small === 0 && Object.is(value, -0) ? 0 : digitsOf(small);
  if (value !== Math.floor(value)) return 0;
  return 9 + digitsOf(billions(value));
}

/** Writes a whole number of `length` digits, as `wholeLength` gives it, at `at`. */
export function writeWhole(target: Uint8Array, at: number, value: number, length: number): void {
  if (length <= 9) {
    writeDigits(target, at, value | 0, length);
    return;
  }
  writeDigits(target, at, billions(value), length - 9);
  writeDigits(target, at + length - 9, (value % BILLION) | 0, 9);
}

/** Writes any number at `at` and returns how many bytes it took. */
export function writeNumber(target: Uint8Array, at: number, value: number): number {
  const length = wholeLength(value);
  if (length > 0) {
    writeWhole(target, at, value, length);
    return length;
  }
  const fraction = writeFraction(target, at, value);
  if (fraction > 0) return fraction;
  const text = formatValue(value);
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return text.length;
}

/** Exact: a quotient that is rounded could come out one too high. */
function billions(value: number): number {
  return ((value - (value % BILLION)) / BILLION) | 0;
}

/** `value` is below 2^31. */
function digitsOf(value: number): number {
  if (value < 1e5) {
    if (value < 1e2) return value < 1e1 ? 1 : 2;
    if (value < 1e3) return 3;
    return value < 1e4 ? 4 : 5;
  }
  if (value < 1e7) return value < 1e6 ? 6 : 7;
  if (value < 1e8) return 8;
  return value < 1e9 ? 9 : 10;
}
