import type { Steps } from '../steps.js';

/** Numbers that are sorted between two steps, and that are merged. */
const STEP_SORTED = 512;
const STEP_MERGED = 4096;

/**
 * The numbers from 0 to `count - 1` in the order of `compare`, those that are equal in their
 * own, in steps: a family of a hundred thousand series takes longer than anybody may wait.
 */
export function* sortedOrder(
  count: number,
  compare: (a: number, b: number) => number,
): Steps<Int32Array> {
  let order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let begin = 0; begin < count; begin += STEP_SORTED) {
    order.subarray(begin, begin + STEP_SORTED).sort(compare);
    yield;
  }
  let other = order.length > STEP_SORTED ? new Int32Array(count) : order;
  for (let length = STEP_SORTED; length < count; length *= 2) {
    for (let begin = 0; begin < count; begin += 2 * length) {
      yield* merge(order, other, begin, begin + length, begin + 2 * length, compare);
    }
    [order, other] = [other, order];
  }
  return order;
}

/** Merges `begin` to `middle - 1` and `middle` to `end - 1`, each in order, into the same place of `into`. */
function* merge(
  from: Int32Array,
  into: Int32Array,
  begin: number,
  middle: number,
  end: number,
  compare: (a: number, b: number) => number,
): Steps<void> {
  const leftEnd = Math.min(middle, from.length);
  const rightEnd = Math.min(end, from.length);
  let left = begin;
  let right = leftEnd;
  for (let at = begin; at < rightEnd; at++) {
    const takesLeft =
      left < leftEnd &&
      (right >= rightEnd || compare(from[left] as number, from[right] as number) <= 0);
    into[at] = from[takesLeft ? left++ : right++] as number;
    if (at % STEP_MERGED === 0) yield;
  }
}
