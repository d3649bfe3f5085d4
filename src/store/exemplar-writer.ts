import { fence } from '../fence.js';
import {
  EXEMPLAR_CHECKSUM_WORD,
  EXEMPLAR_SEQUENCE_WORD,
  EXEMPLAR_TIME_SLOT,
  ExemplarBytes,
} from '../format/exemplars.js';
import { SLOT_BYTES } from '../format/layout.js';
import type { Exemplar } from '../model/exemplar.js';
import type { Block } from './free-blocks.js';

const made = new ExemplarBytes();
const WORDS_PER_SLOT = SLOT_BYTES / 4;

/** Writes an exemplar over the one before, whole for readers: the sequence is odd meanwhile. */
export function writeExemplar(block: Block, exemplar: Exemplar): void {
  const { checksum, end } = made.encode(exemplar);
  const { chunk, index } = block;
  const last = Math.ceil(end / SLOT_BYTES) - 1;
  change(block, last, (wordAt) => {
    chunk.words[wordAt + EXEMPLAR_CHECKSUM_WORD] = checksum;
    const begin = SLOT_BYTES;
    chunk.bytes.set(made.bytes.subarray(begin, end), index * SLOT_BYTES + begin);
  });
}

/** Leaves no exemplar. */
export function clearExemplar(block: Block): void {
  change(block, EXEMPLAR_TIME_SLOT, () => {
    block.chunk.values[block.index + EXEMPLAR_TIME_SLOT] = 0;
  });
}

function change({ chunk, index }: Block, last: number, store: (wordAt: number) => void): void {
  const wordAt = index * WORDS_PER_SLOT;
  const sequenceAt = wordAt + EXEMPLAR_SEQUENCE_WORD;
  // Odd already where a write was cut short by an error.
  const odd = (chunk.words[sequenceAt] as number) | 1;
  Atomics.store(chunk.words, sequenceAt, odd);
  fence();
  store(wordAt);
  fence();
  Atomics.store(chunk.words, sequenceAt, (odd + 1) | 0);
  chunk.dirty?.mark(index, index + last);
}
