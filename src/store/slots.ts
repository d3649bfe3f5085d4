import type { DirtyRange } from '../mapping/dirty-range.js';

/**
 * Whoever updates a series: a bound child. The store points it at the series' block
 * and points it elsewhere when the block moves to another file, so it must be read
 * anew at every update and never copied.
 */
export interface SlotHolder {
  /** The extent that holds the block. */
  values: Float64Array;
  /** First slot of the block in `values`; -1 when the series is not in the store. */
  index: number;
  /** What to mark after a change; undefined where memory is the file. */
  dirty: DirtyRange | undefined;
}

export const NO_VALUES = new Float64Array(0);
