import { fence } from '../fence.js';
import {
  EXEMPLAR_BYTES,
  EXEMPLAR_CHECKSUM_WORD,
  EXEMPLAR_SEQUENCE_WORD,
  EXEMPLAR_TIME_SLOT,
  ExemplarBytes,
} from '../format/exemplars.js';
import { SLOT_BYTES } from '../format/layout.js';
import { MAX_EXEMPLAR_READS } from '../limits.js';
import type { Exemplar, ExemplarEntry } from '../model/exemplar.js';

const WORDS_PER_SLOT = SLOT_BYTES / 4;
const copied = new ExemplarBytes();

/** An exemplar in somebody's file, or in a copy of it. What was read once is not parsed again. */
export class StoredExemplar implements ExemplarEntry {
  readonly #extent: Extent;
  readonly #index: number;
  #known: Exemplar | undefined;
  #sequence = 0;
  #checksum = 0;

  /** The entry begins at slot `index` of `values`, which holds all of it. */
  constructor(values: Float64Array, index: number) {
    this.#extent = extentOf(values);
    this.#index = index;
  }

  get timeMs(): number {
    return this.#extent.values[this.#index + EXEMPLAR_TIME_SLOT] as number;
  }

  read(): Exemplar | undefined {
    const { words } = this.#extent;
    const sequence = Atomics.load(words, this.#wordAt(EXEMPLAR_SEQUENCE_WORD));
    const checksum = words[this.#wordAt(EXEMPLAR_CHECKSUM_WORD)];
    // Both: in a copy of what was written meanwhile the one may be newer than the other.
    if (this.#known !== undefined && sequence === this.#sequence && checksum === this.#checksum) {
      return this.#known;
    }
    const copiedSequence = this.#copy();
    this.#known = copiedSequence === undefined ? undefined : copied.decode();
    this.#sequence = copiedSequence ?? 0;
    this.#checksum = copied.checksum;
    return this.#known;
  }

  /** Copies the entry to slot `index` of `target`, which stays as it is where the entry is never at rest. */
  copyTo(target: Float64Array, index: number): void {
    if (this.#copy() !== undefined) extentOf(target).bytes.set(copied.bytes, index * SLOT_BYTES);
  }

  /** Copies the entry as it is between two writes, and gives its sequence; undefined where it is never at rest. */
  #copy(): number | undefined {
    const { words, bytes } = this.#extent;
    const sequenceAt = this.#wordAt(EXEMPLAR_SEQUENCE_WORD);
    const begin = this.#index * SLOT_BYTES;
    for (let reads = 0; reads < MAX_EXEMPLAR_READS; reads++) {
      const sequence = Atomics.load(words, sequenceAt);
      if (sequence % 2 !== 0) continue;
      copied.bytes.set(bytes.subarray(begin, begin + EXEMPLAR_BYTES));
      fence();
      if (Atomics.load(words, sequenceAt) === sequence) return sequence;
    }
    return undefined;
  }

  #wordAt(word: number): number {
    return this.#index * WORDS_PER_SLOT + word;
  }
}

interface Extent {
  readonly values: Float64Array;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** One for all entries of an extent. */
const extents = new WeakMap<Float64Array, Extent>();

function extentOf(values: Float64Array): Extent {
  let extent = extents.get(values);
  if (extent === undefined) {
    const { buffer, byteOffset, byteLength } = values;
    extent = {
      values,
      words: new Int32Array(buffer, byteOffset, byteLength / 4),
      bytes: new Uint8Array(buffer, byteOffset, byteLength),
    };
    extents.set(values, extent);
  }
  return extent;
}
