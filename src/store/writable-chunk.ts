import { HEADER_BYTES, SLOT_BYTES } from '../format/layout.js';
import type { DirtyRange } from '../mapping/dirty-range.js';

/** One extent of the file and what of it is used. */
export interface WritableChunk {
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
  /** 4 bytes each. */
  readonly words: Int32Array;
  readonly dirty: DirtyRange | undefined;
  /** File offset of the first byte. */
  readonly begin: number;
  /** Bytes used. */
  used: number;
}

export function toChunk(
  buffer: ArrayBuffer,
  begin: number,
  dirty: DirtyRange | undefined,
): WritableChunk {
  return {
    bytes: new Uint8Array(buffer),
    values: new Float64Array(buffer),
    words: new Int32Array(buffer),
    dirty,
    begin,
    used: 0,
  };
}

/** Zeroes all values of a chunk of values; what else the file's first chunk holds stays. */
export function zeroValues({ begin, values, dirty }: WritableChunk): void {
  const first = begin === 0 ? HEADER_BYTES / SLOT_BYTES : 0;
  values.fill(0, first);
  dirty?.mark(first, values.length - 1);
}
