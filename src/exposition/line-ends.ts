import type { Exemplar } from '../model/exemplar.js';
import type { Steps } from '../steps.js';
import { exemplarText } from './exemplar-text.js';
import { wholeLength, writeWhole } from './number-bytes.js';
import { formatValue } from './numbers.js';
import { PendingEnds } from './pending-ends.js';
import { moveParts } from './shifts.js';

/** Ends that are written between two steps. */
const STEP_ENDS = 8192;

/**
 * What the lines of a text have behind their labels, numbers and exemplars, up to the end of
 * the line. A number that is as long as the one before is written over it; where some are
 * not, what is between them is moved, in the same memory.
 */
export class LineEnds {
  /** Per line: where its end begins, how long it is without the line feed, and its number. */
  readonly #at: Uint32Array;
  readonly #lengths: Uint16Array;
  readonly #values: Float64Array;
  readonly #exemplars = new Map<number, Exemplar>();
  readonly #pending = new PendingEnds();

  constructor(lines: number) {
    this.#at = new Uint32Array(lines);
    this.#lengths = new Uint16Array(lines);
    this.#values = new Float64Array(lines);
  }

  /** The end of a line that is new in the text; `place` says where. */
  begin(line: number, value: number, exemplar?: Exemplar): string {
    const end = endOf(value, exemplar);
    this.#values[line] = value;
    this.#lengths[line] = exemplar === undefined ? end.length : Buffer.byteLength(end);
    if (exemplar !== undefined) this.#exemplars.set(line, exemplar);
    return end;
  }

  place(line: number, at: number): void {
    this.#at[line] = at;
  }

  /**
   * Where characters are not all of one byte: makes offsets of bytes of those of characters,
   * of lines from `begin` to `end - 1`, whose text stands at `textAt`.
   */
  countBytes(begin: number, end: number, text: string, textAt: number): void {
    let chars = 0;
    let bytes = textAt;
    for (let line = begin; line < end; line++) {
      const at = (this.#at[line] as number) - textAt;
      bytes += Buffer.byteLength(text.slice(chars, at));
      this.#at[line] = bytes;
      chars = at;
    }
  }

  /** Where the line that follows a line begins. */
  after(line: number): number {
    return (this.#at[line] as number) + (this.#lengths[line] as number) + 1;
  }

  /**
   * Gives `count` lines from `first` on their numbers, and their exemplars where they may
   * have some. Lines come in order, and `settle` after them.
   */
  update(
    text: Buffer,
    first: number,
    count: number,
    numbers: Float64Array,
    exemplars?: readonly (Exemplar | undefined)[],
  ): void {
    if (exemplars !== undefined) {
      this.#updateWithExemplars(text, first, count, numbers, exemplars);
      return;
    }
    const values = this.#values;
    for (let i = 0; i < count; i++) {
      const line = first + i;
      const value = numbers[i] as number;
      const before = values[line] as number;
      // Zero and minus zero are equal, and not the same text.
      if (value === before && (value !== 0 || Object.is(value, before))) continue;
      values[line] = value;
      const length = wholeLength(value);
      if (length > 0 && length === this.#lengths[line]) {
        writeWhole(text, this.#at[line] as number, value, length);
      } else {
        this.#set(text, line, this.#pending.number(value));
      }
    }
  }

  /** By how many bytes `settle` will make the text longer. */
  get growth(): number {
    return this.#pending.growth;
  }

  /** Brings the text, `length` bytes of `text` with room for `growth`, in line with all updates. */
  *settle(text: Buffer, length: number): Steps<void> {
    const pending = this.#pending;
    const { count, lines, lengths: newLengths } = pending;
    if (count === 0) return;
    const at = this.#at;
    const lengths = this.#lengths;
    const { begins, ends, by } = pending.shifts;
    let shift = 0;
    for (let i = 0; i < count; i++) {
      const line = lines[i] as number;
      const oldLength = lengths[line] as number;
      shift += (newLengths[i] as number) - oldLength;
      begins[i] = (at[line] as number) + oldLength;
      ends[i] = i + 1 < count ? (at[lines[i + 1] as number] as number) : length;
      by[i] = shift;
    }
    yield* moveParts(text, pending.shifts);
    shift = 0;
    for (let i = 0; i < count; i++) {
      const line = lines[i] as number;
      const begin = (at[line] as number) + shift;
      at[line] = begin;
      lengths[line] = newLengths[i] as number;
      pending.copyTo(text, begin, i);
      shift = by[i] as number;
      const next = i + 1 < count ? (lines[i + 1] as number) : at.length;
      for (let moved = line + 1; moved < next; moved++) at[moved] = (at[moved] as number) + shift;
      if (i % STEP_ENDS === STEP_ENDS - 1) yield;
    }
    pending.clear();
  }

  #updateWithExemplars(
    text: Buffer,
    first: number,
    count: number,
    numbers: Float64Array,
    exemplars: readonly (Exemplar | undefined)[],
  ): void {
    for (let i = 0; i < count; i++) {
      const line = first + i;
      const value = numbers[i] as number;
      const exemplar = exemplars[i];
      const known = this.#exemplars.get(line);
      if (Object.is(value, this.#values[line]) && exemplar === known) continue;
      this.#values[line] = value;
      if (exemplar === undefined) this.#exemplars.delete(line);
      else this.#exemplars.set(line, exemplar);
      this.#set(text, line, this.#pending.text(endOf(value, exemplar)));
    }
  }

  /** Takes what was written last into the pending ends, of `length` bytes, for a line's end. */
  #set(text: Buffer, line: number, length: number): void {
    const oldLength = this.#lengths[line] as number;
    if (length === oldLength) this.#pending.copyLast(text, this.#at[line] as number, length);
    else this.#pending.keep(line, length, length - oldLength);
  }
}

function endOf(value: number, exemplar: Exemplar | undefined): string {
  return exemplar === undefined ? formatValue(value) : formatValue(value) + exemplarText(exemplar);
}
