/**
 * Numbers with a fraction as bytes: the shortest digits that are read back as the same
 * float64, and of several such the closest, as JavaScript prints them. Sums of durations and
 * most gauges are such numbers, and printing them through a string took half of a scrape.
 *
 * A number v of which n + d = 15, d being how many digits its whole part has, or the
 * negative of how many zeros follow its point, has 15 significant digits before the point
 * in X = fraction(v) * 10^n, behind the whole part's. With Q = floor(X), r = X - Q, and
 * H = 10^n times half of the distance between float64s at v:
 *
 * - whatever lies within H of X is read back as v;
 * - 0.01 < 2H < 0.23, since 15 digits are always fewer, and 17 never fewer, than a float64 has;
 * - so at most one whole number lies within H of X: if there is one, it is the shortest,
 *   less the zeros at its end. Else, of tenths, the nearest one to X is the shortest if it
 *   lies within H; else the nearest hundredth is.
 *
 * X is exact as a sum of two float64s (Dekker's product, Numerische Mathematik 18, 1971), r
 * is off by less than `DOUBT`. Where that leaves a comparison open, and for numbers of which
 * none of this holds, the answer is 0 and the caller prints in another way.
 */

import { writeDigits } from './digits.js';

const POINT = 46;
const MINUS = 45;

const HALF_DIGITS = 8;
const HALF = 1e8;

/** Least number that JavaScript prints without an exponent, and one at which n would be below 1. */
const LEAST = 1e-6;
const TOO_LARGE = 1e14;
const DIGITS = 15;

/** More than r, taken a hundredfold, is off. */
const DOUBT = 1e-9;

/** Splits a float64 into two halves of its bits. */
const SPLITTER = 2 ** 27 + 1;

const EXPONENT_BIAS = 1023;
const FRACTION_BITS = 52;

/** Exact up to 10^22. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** By exponent of a float64 from `LEAST` on: half of the distance to the next one. */
const LEAST_EXPONENT = Math.floor(Math.log2(LEAST));
const HALF_DISTANCES = Float64Array.from(
  { length: Math.ceil(Math.log2(TOO_LARGE)) - LEAST_EXPONENT },
  (_, i) => 2 ** (LEAST_EXPONENT + i - FRACTION_BITS - 1),
);

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** The word of sign and exponent. */
const HIGH = new Uint8Array(Float64Array.of(-1).buffer)[7] === 0xbf ? 1 : 0;

/** Writes a number at `at` and returns how many bytes it took; 0 where that is not done here: for whole numbers always. */
export function writeFraction(target: Uint8Array, at: number, value: number): number {
  const v = value < 0 ? -value : value;
  const whole = Math.floor(v);
  if (!(v >= LEAST && v < TOO_LARGE) || v === whole) return 0;
  float[0] = v;
  const high = words[HIGH] as number;
  // Float64s are closer to each other below a power of two than above it.
  if (words[1 - HIGH] === 0 && (high & 0xfffff) === 0) return 0;
  const exponent = (high >>> 20) - EXPONENT_BIAS;

  const places = DIGITS - digitsBefore(v, whole);
  const scale = POWERS_OF_TEN[places] as number;
  const fraction = v - whole;
  const product = fraction * scale;
  const q = Math.floor(product);
  const rest = product - q + productError(fraction, scale, product);
  const h = (HALF_DISTANCES[exponent - LEAST_EXPONENT] as number) * scale;

  const near = Math.round(rest);
  const off = Math.abs(rest - near) - h;
  if (off < -DOUBT) return write(target, at, value < 0, whole, q + near, places, 0, 0);
  if (off < DOUBT) return 0;
  const tenths = rest * 10;
  const tenth = Math.round(tenths);
  const offTenth = Math.abs(tenths - tenth) - h * 10;
  if (offTenth < DOUBT) {
    if (offTenth > -DOUBT || isHalf(tenths) || !(tenth > 0 && tenth < 10)) return 0;
    return write(target, at, value < 0, whole, q, places, tenth, 1);
  }
  const hundredths = rest * 100;
  const hundredth = Math.round(hundredths);
  if (isHalf(hundredths) || !(hundredth > 0 && hundredth < 100)) return 0;
  return write(target, at, value < 0, whole, q, places, hundredth, 2);
}

/** How many digits the whole part has; below 1, less one for each zero behind the point. */
function digitsBefore(v: number, whole: number): number {
  if (whole > 0) return digitsOf(whole);
  let zeros = 0;
  for (let shifted = v * 10; shifted < 1; shifted *= 10) zeros++;
  return -zeros;
}

function digitsOf(whole: number): number {
  let digits = 1;
  while (whole >= (POWERS_OF_TEN[digits] as number)) digits++;
  return digits;
}

/** What `product`, of a and b, is less than their exact product. */
function productError(a: number, b: number, product: number): number {
  const bigA = a * SPLITTER;
  const highA = bigA - (bigA - a);
  const lowA = a - highA;
  const bigB = b * SPLITTER;
  const highB = bigB - (bigB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** Whether it lies in the middle between two whole numbers, as far as can be told. */
function isHalf(number: number): boolean {
  return Math.abs(number - Math.floor(number) - 0.5) < DOUBT;
}

/**
 * Writes the sign, the whole part, `places` digits behind the point, and `moreCount` further
 * ones; where there are none of these, no zeros at the end.
 */
function write(
  target: Uint8Array,
  begin: number,
  negative: boolean,
  whole: number,
  digits: number,
  places: number,
  more: number,
  moreCount: number,
): number {
  let at = begin;
  if (negative) target[at++] = MINUS;
  at = writeHalves(target, at, whole, digitsOf(whole));
  target[at++] = POINT;
  if (moreCount > 0) {
    at = writeHalves(target, at, digits, places);
    return writeDigits(target, at, more, moreCount) - begin;
  }
  // Eight digits and fewer fit into an integer of 32 bits, which divides faster.
  let kept = places;
  let low = digits;
  if (places > HALF_DIGITS) {
    const high = Math.floor(digits / HALF);
    low = digits - high * HALF;
    kept = HALF_DIGITS;
    if (low === 0) {
      low = high;
      kept = places - HALF_DIGITS;
    } else {
      at = writeDigits(target, at, high, places - HALF_DIGITS);
    }
  }
  let rest = low | 0;
  for (;;) {
    const tenth = (rest / 10) | 0;
    if (tenth * 10 !== rest) break;
    rest = tenth;
    kept--;
  }
  return writeDigits(target, at, rest, kept) - begin;
}

/** Writes a whole number below 10^16 as `length` digits, and returns where they end. */
function writeHalves(target: Uint8Array, at: number, value: number, length: number): number {
  if (length <= HALF_DIGITS) return writeDigits(target, at, value | 0, length);
  const high = Math.floor(value / HALF);
  const middle = writeDigits(target, at, high | 0, length - HALF_DIGITS);
  return writeDigits(target, middle, (value - high * HALF) | 0, HALF_DIGITS);
}
