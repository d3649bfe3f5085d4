import { MAX_READ_ATTEMPTS, MAX_SETTLE_READS } from '../limits.js';
import type { FileCopy, Publication, ReadInto } from './mapping.js';

interface Extent {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Per word of 64 bits: 1 where it belongs to the next, -1 where to the one before. */
  readonly partners: Int8Array;
}

const WORD_BYTES = 8;
/** Compared in one go, to find what changed. */
const BLOCK_BYTES = 4096;
/** Words that one repeated read brings: few, so that little can change between two of them. */
const WINDOW_WORDS = 64;

/**
 * A copy of a file whose writer's memory is the file. The system promises nothing on a
 * read of memory that is stored to meanwhile, so a word is taken only when two reads in
 * a row give the same; of two words that belong together, when they do so in the same
 * two reads. What is as it was at the last `refresh` was read twice already.
 *
 * A word that never comes to rest, since it is stored to all the time, is taken as the
 * last of `MAX_SETTLE_READS` reads gives it.
 */
export class SettledCopy implements FileCopy {
  readonly #read: ReadInto;
  readonly #publication: Publication;
  readonly #extents: Extent[] = [];
  readonly #reuse = new Int32Array(1);
  #unsettled = false;

  constructor(read: ReadInto, publication: Publication) {
    this.#read = read;
    this.#publication = publication;
  }

  get unsettled(): boolean {
    return this.#unsettled;
  }

  map(offset: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    const words = new Int32Array(bytes.buffer);
    const extent = { offset, bytes, words, partners: new Int8Array(length / WORD_BYTES) };
    this.#extents.push(extent);
    this.#settleExtent(extent);
    // Slots that were given away between the last `refresh` and this are told by the word.
    this.#copyReuse();
    return bytes.buffer;
  }

  pair(offsets: readonly number[]): void {
    for (const at of offsets) this.#pair(at);
  }

  #pair(at: number): void {
    const extent = this.#extents.find(
      ({ offset, bytes }) => at >= offset && at < offset + bytes.length,
    );
    if (extent === undefined) throw new RangeError(`no extent at ${at}`);
    const word = (at - extent.offset) / WORD_BYTES;
    if (extent.partners[word] === 1) return;
    extent.partners[word] = 1;
    extent.partners[word + 1] = -1;
    // They were read before it was known that they belong together.
    this.#settleWindow(extent, scratchOf(extent.bytes.length), [word, word + 1]);
    this.#copyReuse();
  }

  refresh(): void {
    this.#unsettled = false;
    for (let attempt = 0; attempt < MAX_READ_ATTEMPTS; attempt++) {
      for (const extent of this.#extents) this.#settleExtent(extent);
      if (!this.#copyReuse()) return;
    }
    this.#unsettled = true;
  }

  /** Brings over the word that tells of slots given away; true when it was another. */
  #copyReuse(): boolean {
    const { reuseAt } = this.#publication;
    const words = this.#extents[0]?.words;
    if (words === undefined) return false;
    this.#read(new Uint8Array(this.#reuse.buffer), reuseAt);
    const now = this.#reuse[0] as number;
    if (words[reuseAt / 4] === now) return false;
    words[reuseAt / 4] = now;
    return true;
  }

  #settleExtent(extent: Extent): void {
    const header = extent.offset === 0 ? this.#publication.headerBytes : 0;
    // The header publishes the rest, so it is to be the older.
    if (header > 0) this.#settleHeader(extent, header);
    const fresh = scratchOf(extent.bytes.length);
    this.#readPart(extent, fresh, header, extent.bytes.length);
    let open = withPartners(takeChangedBlocks(extent, fresh, header), extent);
    if (open.length === 0) return;
    // Most of it is at rest by now, so that one read settles it.
    open = this.#readAgain(extent, fresh, open);
    for (let at = 0; at < open.length; at += WINDOW_WORDS) {
      this.#settleWindow(extent, fresh, open.slice(at, at + WINDOW_WORDS));
    }
  }

  #settleWindow(extent: Extent, fresh: Uint8Array, window: readonly number[]): void {
    let open = window;
    for (let reads = 1; open.length > 0 && reads < MAX_SETTLE_READS; reads++) {
      open = this.#readAgain(extent, fresh, open);
    }
  }

  /** All of the header at one moment: its words tell of each other. */
  #settleHeader({ bytes }: Extent, length: number): void {
    const header = bytes.subarray(0, length);
    const fresh = scratchOf(length).subarray(0, length);
    for (let reads = 0; reads < MAX_SETTLE_READS; reads++) {
      this.#read(fresh, 0);
      if (Buffer.compare(fresh, header) === 0) return;
      header.set(fresh);
    }
  }

  /** Reads these words again and returns those of which it is still open what they are. */
  #readAgain(extent: Extent, fresh: Uint8Array, open: readonly number[]): number[] {
    const begin = (open[0] as number) * WORD_BYTES;
    const end = ((open.at(-1) as number) + 1) * WORD_BYTES;
    this.#readPart(extent, fresh, begin, end);
    const freshWords = new Int32Array(fresh.buffer);
    const changed = open.filter((word) => takeWord(extent.words, freshWords, word));
    return withPartners(changed, extent);
  }

  #readPart({ offset }: Extent, fresh: Uint8Array, begin: number, end: number): void {
    this.#read(fresh.subarray(begin, end), offset + begin);
  }
}

/** Takes over what is other than in the copy, and returns which words that were. */
function takeChangedBlocks({ bytes, words }: Extent, fresh: Uint8Array, header: number): number[] {
  const freshWords = new Int32Array(fresh.buffer);
  const copy = Buffer.from(bytes.buffer);
  const changed: number[] = [];
  for (let begin = header; begin < bytes.length; begin += BLOCK_BYTES) {
    const end = begin + BLOCK_BYTES;
    if (copy.compare(fresh, begin, end, begin, end) === 0) continue;
    for (let word = begin / WORD_BYTES; word < end / WORD_BYTES; word++) {
      if (takeWord(words, freshWords, word)) changed.push(word);
    }
  }
  return changed;
}

/** Copies one word of 64 bits; true when that changed it. */
function takeWord(copy: Int32Array, fresh: Int32Array, word: number): boolean {
  const low = fresh[2 * word] as number;
  const high = fresh[2 * word + 1] as number;
  if (copy[2 * word] === low && copy[2 * word + 1] === high) return false;
  copy[2 * word] = low;
  copy[2 * word + 1] = high;
  return true;
}

/** These words and those that they belong to, in order. */
function withPartners(changed: readonly number[], { partners }: Extent): number[] {
  const open: number[] = [];
  let next = 0;
  for (const word of changed) {
    const partner = word + (partners[word] as number);
    const end = Math.max(word, partner);
    for (next = Math.max(next, Math.min(word, partner)); next <= end; next++) open.push(next);
  }
  return open;
}

/** For one read at a time: nothing is kept in it. */
let scratch = new Uint8Array(0);

function scratchOf(length: number): Uint8Array {
  if (scratch.length < length) scratch = new Uint8Array(length);
  return scratch;
}
