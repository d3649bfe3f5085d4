import { isUtf8 } from 'node:buffer';
import { MAX_LINE_BYTES } from './limits.js';

const NEWLINE = 0x0a;

/** Whoever takes lines. */
export interface LineTaker {
  /** A line without its end; undefined where its bytes are no UTF-8. */
  take(line: string | undefined): void;
  refuse(reason: 'line_too_long' | 'malformed_line'): void;
}

/** Gives the lines of whole text. */
export function takeLines(text: Buffer, taker: LineTaker): void {
  // One look at all of it, and at each line only where there is something wrong.
  const decoded = isUtf8(text);
  let begin = 0;
  while (begin < text.length) {
    const newline = text.indexOf(NEWLINE, begin);
    const end = newline < 0 ? text.length : newline;
    const line = text.subarray(begin, end);
    if (line.length > MAX_LINE_BYTES) taker.refuse('line_too_long');
    else if (decoded || isUtf8(line)) {
      const trimmed = line.toString().trimEnd();
      if (trimmed !== '') taker.take(trimmed);
    } else taker.take(undefined);
    begin = end + 1;
  }
}

/** Lines of a stream, which come in pieces. Keeps no more than one line at its longest. */
export class LineStream {
  readonly #taker: LineTaker;
  #rest: Buffer = Buffer.alloc(0);
  /** The line that has begun is too long: what is left of it is passed over. */
  #isSkipping = false;

  constructor(taker: LineTaker) {
    this.#taker = taker;
  }

  push(piece: Buffer): void {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const begin = this.#isSkipping ? piece.indexOf(NEWLINE) + 1 : 0;
      takeLines(this.#withRest(piece.subarray(begin, end)), this.#taker);
      this.#rest = Buffer.alloc(0);
      this.#isSkipping = false;
    }
    if (!this.#isSkipping) this.#keep(piece.subarray(end));
  }

  /** The stream ended: its last line may have no end. */
  end(): void {
    takeLines(this.#rest, this.#taker);
    this.#rest = Buffer.alloc(0);
  }

  /** The stream broke off: what has come of the last line is no line. */
  breakOff(): void {
    if (this.#rest.length > 0) this.#taker.refuse('malformed_line');
    this.#rest = Buffer.alloc(0);
  }

  #keep(piece: Buffer): void {
    if (this.#rest.length + piece.length > MAX_LINE_BYTES) {
      this.#taker.refuse('line_too_long');
      this.#isSkipping = true;
      this.#rest = Buffer.alloc(0);
      // A piece of a pool would hold all of it.
    } else if (piece.length > 0) this.#rest = Buffer.concat([this.#rest, piece]);
  }

  #withRest(lines: Buffer): Buffer {
    return this.#rest.length === 0 ? lines : Buffer.concat([this.#rest, lines]);
  }
}
