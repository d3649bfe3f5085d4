/**
 * An exemplar's entry: all that is said of one exemplar, in place, written again and again.
 *
 * ```
 *   0          4          8       16      24       28      32                  416
 *   +----------+----------+-------+-------+--------+-------+--------------------+
 *   | sequence | checksum | value | time  | length | zero  | text ...           |
 *   +----------+----------+-------+-------+--------+-------+--------------------+
 * ```
 *
 * The text is name and value of each label, a byte 0xff after each: no UTF-8 has one. The
 * sequence is odd while the entry is written. The checksum, MurmurHash3 (x86, 32 bits,
 * seed 0) over what follows it up to the end of the text, tells a reader that copies what
 * somebody else writes. It takes 4 bytes at a time, the last with zeros behind the text.
 */

import { isUtf8 } from 'node:buffer';
import { MAX_EXEMPLAR_CHARS } from '../limits.js';
import type { Exemplar } from '../model/exemplar.js';
import type { LabelPair } from '../model/labels.js';
import { LABEL_NAME } from '../model/metric.js';
import { LITTLE_ENDIAN, SLOT_BYTES } from './layout.js';

/** Word of 4 bytes, from the begin of the entry. */
export const EXEMPLAR_SEQUENCE_WORD = 0;
export const EXEMPLAR_CHECKSUM_WORD = 1;
const CHECKED_AT = 8;
const VALUE_AT = CHECKED_AT;
const TIME_AT = VALUE_AT + 8;
const LENGTH_AT = TIME_AT + 8;
const TEXT_AT = LENGTH_AT + 8;

/**
 * A name has bytes as it has characters, a value up to three for each, and what a name has
 * less than that is room for the two ends of its pair.
 */
const MAX_TEXT_BYTES = 3 * MAX_EXEMPLAR_CHARS;

export const EXEMPLAR_BYTES = TEXT_AT + MAX_TEXT_BYTES;
export const EXEMPLAR_SLOTS = EXEMPLAR_BYTES / SLOT_BYTES;
/** Slot of the time, from the begin of the entry: 0 where there is no exemplar. */
export const EXEMPLAR_TIME_SLOT = TIME_AT / SLOT_BYTES;
if (!Number.isInteger(EXEMPLAR_SLOTS)) throw new Error('exemplars: an entry is not aligned');

const END = 0xff;

/** Bytes to make an entry in, or to copy one to. */
export class ExemplarBytes {
  readonly bytes = Buffer.from(new ArrayBuffer(EXEMPLAR_BYTES));
  readonly #view = new DataView(this.bytes.buffer);
  readonly #words = new Int32Array(this.bytes.buffer);

  /**
   * Makes the entry of an exemplar whose names are labels' and which is not over the limit.
   * Returns its checksum and how many of the bytes it takes.
   */
  encode({ labels, value, timeMs }: Exemplar): { readonly checksum: number; readonly end: number } {
    let end = TEXT_AT;
    for (const [name, value] of labels) end = this.#put(value, this.#put(name, end));
    this.bytes.fill(0, end, Math.ceil(end / 4) * 4);
    this.#view.setFloat64(VALUE_AT, value, LITTLE_ENDIAN);
    this.#view.setFloat64(TIME_AT, timeMs, LITTLE_ENDIAN);
    this.#view.setUint32(LENGTH_AT, end - TEXT_AT, LITTLE_ENDIAN);
    return { checksum: this.#checksum(end), end: Math.ceil(end / 4) * 4 };
  }

  /** What the entry that was copied here says of itself. */
  get checksum(): number {
    return this.#view.getInt32(EXEMPLAR_CHECKSUM_WORD * 4, LITTLE_ENDIAN);
  }

  /** The exemplar of the entry that was copied here; undefined where it is none. */
  decode(): Exemplar | undefined {
    const length = this.#view.getUint32(LENGTH_AT, LITTLE_ENDIAN);
    if (length > MAX_TEXT_BYTES) return undefined;
    const end = TEXT_AT + length;
    if (this.checksum !== this.#checksum(end)) return undefined;
    const value = this.#view.getFloat64(VALUE_AT, LITTLE_ENDIAN);
    const timeMs = this.#view.getFloat64(TIME_AT, LITTLE_ENDIAN);
    if (!Number.isFinite(value) || !(timeMs > 0 && timeMs < Number.POSITIVE_INFINITY)) {
      return undefined;
    }
    const labels = this.#labels(end);
    return labels === undefined ? undefined : { labels, value, timeMs };
  }

  /** Undefined where these are not labels as a page can show them. */
  #labels(end: number): readonly LabelPair[] | undefined {
    const texts: string[] = [];
    let chars = 0;
    for (let at = TEXT_AT; at < end; ) {
      const textEnd = this.bytes.indexOf(END, at);
      if (textEnd < 0 || textEnd >= end) return undefined;
      if (!isUtf8(this.bytes.subarray(at, textEnd))) return undefined;
      const text = this.bytes.toString('utf8', at, textEnd);
      chars += text.length;
      texts.push(text);
      at = textEnd + 1;
    }
    if (texts.length % 2 === 1 || chars > MAX_EXEMPLAR_CHARS) return undefined;
    const labels: LabelPair[] = [];
    for (let i = 0; i < texts.length; i += 2) {
      labels.push([texts[i] as string, texts[i + 1] as string]);
    }
    const names = new Set(labels.map(([name]) => name));
    const valid = names.size === labels.length && labels.every(([name]) => LABEL_NAME.test(name));
    return valid ? labels : undefined;
  }

  /** Source: https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
  #checksum(end: number): number {
    const words = this.#words;
    const endWord = Math.ceil(end / 4);
    let hash = 0;
    for (let i = CHECKED_AT / 4; i < endWord; i++) {
      const word = Math.imul(words[i] as number, 0xcc9e2d51);
      hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    hash ^= endWord * 4 - CHECKED_AT;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  /** Writes a text and what ends it; where it ends. */
  #put(text: string, begin: number): number {
    const { bytes } = this;
    let at = begin;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      // Nearly all texts are ASCII, and short: a call would cost more.
      if (unit > 0x7f) {
        at = begin + bytes.write(text, begin);
        break;
      }
      bytes[at++] = unit;
    }
    bytes[at++] = END;
    return at;
  }
}
