/**
 * Moves of the parts of a text when what stands between them gets longer or shorter, in
 * the memory where the text is.
 */

import type { Steps } from '../steps.js';

/** Parts of a text, in order, and by how many bytes each is to be moved, to the right where positive. */
export interface Shifts {
  readonly count: number;
  readonly begins: Uint32Array;
  readonly ends: Uint32Array;
  readonly by: Int32Array;
}

/** Bytes that are moved between two steps: a fraction of a millisecond's. */
const STEP_BYTES = 1024 * 1024;

/** Parts that are moved between two steps, however short. */
const STEP_PARTS = 2048;

/**
 * Moves all parts, which do not overlap where they are nor where they go, and lie in the
 * same order in both.
 *
 * Those that go left are moved from left to right, then those that go right from right to
 * left. No part is written over before it has moved: what lies to the left of one that
 * goes left ends, where it goes and so where it is if it goes right, before that one's new
 * begin; what lies to its right begins behind its old end. The same holds with sides changed.
 */
export function* moveParts(text: Uint8Array, shifts: Shifts): Steps<void> {
  const { count, begins, ends, by } = shifts;
  let moved = 0;
  for (let i = 0; i < count; i++) {
    const shift = by[i] as number;
    if (shift >= 0) continue;
    const end = ends[i] as number;
    for (let begin = begins[i] as number; begin < end; begin += STEP_BYTES) {
      const pieceEnd = Math.min(end, begin + STEP_BYTES);
      text.copyWithin(begin + shift, begin, pieceEnd);
      moved += pieceEnd - begin + STEP_BYTES / STEP_PARTS;
      if (moved < STEP_BYTES) continue;
      moved = 0;
      yield;
    }
  }
  for (let i = count - 1; i >= 0; i--) {
    const shift = by[i] as number;
    if (shift <= 0) continue;
    const begin = begins[i] as number;
    for (let end = ends[i] as number; end > begin; end -= STEP_BYTES) {
      const pieceBegin = Math.max(begin, end - STEP_BYTES);
      text.copyWithin(pieceBegin + shift, pieceBegin, end);
      moved += end - pieceBegin + STEP_BYTES / STEP_PARTS;
      if (moved < STEP_BYTES) continue;
      moved = 0;
      yield;
    }
  }
}
