import type { Exemplar } from '../model/exemplar.js';
import { MAX_NUMBER_BYTES, wholeLength, writeNumber, writeWhole } from './number-bytes.js';
import { formatValue } from './numbers.js';
import type { PageBytes } from './page-bytes.js';

/** Room that a block has beyond its text once it had to grow. */
const SPARE_BYTES = 256;

/** What a block needs while it is updated. Serves many blocks, one at a time. */
export class BlockChanges {
  /** Lines whose numbers are of another length than before. */
  lines = new Uint32Array(0);
  /** Where the numbers end in `text`, one after the other. */
  ends = new Uint32Array(0);
  text = Buffer.alloc(0);
  count = 0;
  used = 0;
  #numbers = new Float64Array(0);

  /** Makes room for changes of all lines of a block. */
  fit(lines: number): void {
    if (lines <= this.lines.length) return;
    this.lines = new Uint32Array(lines);
    this.ends = new Uint32Array(lines);
    this.text = Buffer.alloc((lines + 1) * MAX_NUMBER_BYTES);
  }

  /** Memory for the numbers of a block: the same at every call. */
  numbers(count: number): Float64Array {
    if (this.#numbers.length < count) this.#numbers = new Float64Array(count);
    return this.#numbers;
  }

  clear(): void {
    this.count = 0;
    this.used = 0;
  }
}

/** Some lines of a page, of which only what is behind their labels changes. */
export interface LineBlock {
  /** Gives every line its number, and its exemplar where lines may have one, and appends the text. */
  update(
    page: PageBytes,
    numbers: Float64Array,
    exemplars?: readonly (Exemplar | undefined)[],
  ): void;
  /** Appends the text as it is. */
  appendTo(page: PageBytes): void;
}

/**
 * Some lines of a page as bytes, of which only the numbers change. A number that is as long
 * as the one before is written over it; where some are not, the block is put together anew.
 */
export class TextBlock implements LineBlock {
  #bytes: Buffer;
  #length: number;
  readonly #changes: BlockChanges;
  /** Per line: where its number begins, how long it is, and what it is. */
  readonly #at: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #values: Float64Array;

  /** `prefixes` end where the numbers begin. */
  constructor(prefixes: readonly string[], numbers: Float64Array, changes: BlockChanges) {
    const count = prefixes.length;
    this.#changes = changes;
    changes.fit(count);
    this.#at = new Uint32Array(count);
    this.#lengths = new Uint8Array(count);
    this.#values = numbers.slice(0, count);
    let text = '';
    for (let line = 0; line < count; line++) {
      const number = formatValue(numbers[line] as number);
      text += prefixes[line];
      this.#at[line] = text.length;
      this.#lengths[line] = number.length;
      text += `${number}\n`;
    }
    this.#bytes = Buffer.from(text);
    this.#length = this.#bytes.length;
    if (this.#length !== text.length) this.#countBytes(prefixes);
  }

  update(page: PageBytes, numbers: Float64Array): void {
    const values = this.#values;
    for (let line = 0; line < values.length; line++) {
      const value = numbers[line] as number;
      const before = values[line] as number;
      // Zero and minus zero are equal, and not the same text.
      if (value === before && (value !== 0 || Object.is(value, before))) continue;
      values[line] = value;
      const length = wholeLength(value);
      if (length > 0 && length === this.#lengths[line]) {
        writeWhole(this.#bytes, this.#at[line] as number, value, length);
      } else {
        this.#setAny(line, value);
      }
    }
    if (this.#changes.count > 0) this.#rebuild(page);
    else this.appendTo(page);
    this.#changes.clear();
  }

  appendTo(page: PageBytes): void {
    page.append(this.#bytes, 0, this.#length);
  }

  /** Where text is not all of one byte a character. */
  #countBytes(prefixes: readonly string[]): void {
    let at = 0;
    prefixes.forEach((prefix, line) => {
      at += Buffer.byteLength(prefix);
      this.#at[line] = at;
      at += (this.#lengths[line] as number) + 1;
    });
  }

  #setAny(line: number, value: number): void {
    const changes = this.#changes;
    const begin = changes.used;
    const length = writeNumber(changes.text, begin, value);
    if (length === this.#lengths[line]) {
      changes.text.copy(this.#bytes, this.#at[line] as number, begin, begin + length);
      return;
    }
    changes.used = begin + length;
    changes.lines[changes.count] = line;
    changes.ends[changes.count++] = changes.used;
  }

  /**
   * Puts the text together on the page, change by change: what is between two of them is
   * moved as a whole. Then takes it from there.
   */
  #rebuild(page: PageBytes): void {
    const { lines, ends, text, count, used } = this.#changes;
    const old = this.#bytes;
    page.reserve(this.#length + used);
    const pageBegin = page.length;
    let from = 0;
    let textAt = 0;
    let line = lines[0] as number;
    for (let change = 0; change < count; change++) {
      const changed = lines[change] as number;
      this.#shift(line, changed, page.length - pageBegin - from);
      const begin = this.#at[changed] as number;
      page.put(old, from, begin);
      this.#at[changed] = page.length - pageBegin;
      const textEnd = ends[change] as number;
      page.put(text, textAt, textEnd);
      from = begin + (this.#lengths[changed] as number);
      this.#lengths[changed] = textEnd - textAt;
      textAt = textEnd;
      line = changed + 1;
    }
    this.#shift(line, this.#at.length, page.length - pageBegin - from);
    page.put(old, from, this.#length);
    this.#length = page.length - pageBegin;
    if (this.#length > old.length) this.#bytes = Buffer.allocUnsafeSlow(this.#length + SPARE_BYTES);
    page.copyTo(this.#bytes, pageBegin);
  }

  #shift(begin: number, end: number, by: number): void {
    for (let line = begin; line < end; line++) this.#at[line] = (this.#at[line] as number) + by;
  }
}
