import type { FamilyTable } from '../model/family.js';
import type { Steps } from '../steps.js';
import { FamilyLines, PairTexts } from './family-lines.js';
import type { Format } from './formats.js';
import { LineEnds } from './line-ends.js';

/** Lines between two steps: a fraction of a millisecond's work. */
const STEP_LINES = 512;

/** Characters from which on a text is written, in building. */
const STEP_CHARS = 32 * 1024;

/** Bytes that are copied between two steps: much of it is memory that nobody has touched. */
const STEP_BYTES = 256 * 1024;

/** Part of its length that a text has room to grow, and bytes beyond. */
const SPARE_PART = 1 / 64;
const SPARE_BYTES = 1024;

/** One family of a sheet. */
interface Part {
  readonly lines: FamilyLines;
  readonly firstLine: number;
  /** Of the text before its lines. */
  headBytes: number;
  /** The family's when the text was brought in line. */
  stamp: number;
}

/** Text that is not to change while anybody holds it. */
interface Loan {
  holders: number;
}

/** A page as whoever serves it gets it. */
export interface Page {
  /** UTF-8, to be read only. */
  readonly bytes: Buffer;
  /**
   * Says that the bytes are needed no more, so that the next page can be made where they
   * are: memory that nobody has touched costs more than what is written there. May be left
   * out, and called again without effect.
   */
  release(): void;
}

/**
 * A page of families, kept as it was sent last: what is brought up to date are the ends of
 * lines whose values have changed.
 */
export class Sheet {
  readonly families: readonly FamilyTable[];
  readonly #parts: readonly Part[];
  readonly #end: string;
  readonly #ends: LineEnds;
  readonly #numbers: Float64Array;
  #text: Buffer | undefined;
  #length = 0;
  #loan: Loan | undefined;

  constructor(format: Format, families: readonly FamilyTable[]) {
    this.families = families;
    this.#end = format.end;
    let firstLine = 0;
    let longest = 1;
    this.#parts = families.map((family) => {
      const lines = new FamilyLines(format, family);
      const part = { lines, firstLine, headBytes: 0, stamp: family.stamp };
      firstLine += lines.lineCount;
      longest = Math.max(longest, lines.perSeries);
      return part;
    });
    this.#ends = new LineEnds(firstLine);
    this.#numbers = new Float64Array(STEP_LINES + longest);
  }

  /** Brings all families in line with their values, or those that are `shown`. */
  *update(shown?: ReadonlySet<FamilyTable>): Steps<void> {
    if (this.#text === undefined) {
      this.#text = yield* this.#build();
      return;
    }
    for (const part of this.#parts) {
      const { family } = part.lines;
      const { stamp } = family;
      if (stamp === part.stamp || shown?.has(family) === false) continue;
      if (this.#loan !== undefined) yield* this.#renew(this.#length);
      yield* this.#updatePart(part, this.#text);
      part.stamp = stamp;
    }
    const length = this.#length + this.#ends.growth;
    if (length > this.#text.length) yield* this.#renew(length);
    yield* this.#ends.settle(this.#text, this.#length);
    this.#length = length;
  }

  /** The text as it is, to be given back. */
  lend(): Page {
    this.#loan ??= { holders: 0 };
    const loan = this.#loan;
    loan.holders++;
    let held = true;
    return {
      bytes: (this.#text as Buffer).subarray(0, this.#length),
      release: () => {
        if (!held) return;
        held = false;
        loan.holders--;
        if (loan.holders === 0 && loan === this.#loan) this.#loan = undefined;
      },
    };
  }

  /** A copy of the text, or of the families in it that are `shown`. */
  *copy(shown?: ReadonlySet<FamilyTable>): Steps<Buffer> {
    const spans = shown === undefined ? [[0, this.#length] as const] : this.#spansOf(shown);
    const length = spans.reduce((sum, [begin, end]) => sum + end - begin, 0);
    const copy = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const [begin, end] of spans) {
      yield* copyText(this.#text as Buffer, begin, end, copy, at);
      at += end - begin;
    }
    return copy;
  }

  /** Where these families stand in the text, and its end. */
  #spansOf(shown: ReadonlySet<FamilyTable>): (readonly [begin: number, end: number])[] {
    const spans: (readonly [number, number])[] = [];
    let begin = 0;
    for (const { lines, firstLine, headBytes } of this.#parts) {
      const { lineCount, family } = lines;
      const end = lineCount === 0 ? begin + headBytes : this.#ends.after(firstLine + lineCount - 1);
      if (shown.has(family)) spans.push([begin, end]);
      begin = end;
    }
    spans.push([begin, this.#length]);
    return spans;
  }

  *#updatePart({ lines, firstLine }: Part, text: Buffer): Steps<void> {
    const { perSeries, seriesCount } = lines;
    const step = Math.ceil(STEP_LINES / perSeries);
    for (let first = 0; first < seriesCount; first += step) {
      const end = Math.min(first + step, seriesCount);
      lines.readNumbers(first, end, this.#numbers);
      const count = (end - first) * perSeries;
      const at = firstLine + first * perSeries;
      this.#ends.update(text, at, count, this.#numbers, lines.exemplars(first, end));
      yield;
    }
  }

  /** Goes on with a copy of the text, with room for so many bytes and some more. */
  *#renew(length: number): Steps<void> {
    const text = allocate(length);
    yield* copyText(this.#text as Buffer, 0, this.#length, text, 0);
    this.#text = text;
    this.#loan = undefined;
  }

  *#build(): Steps<Buffer> {
    const texts: string[] = [];
    const pairs = new PairTexts();
    let bytes = 0;
    for (const part of this.#parts) {
      part.stamp = part.lines.family.stamp;
      const head = part.lines.head();
      part.headBytes = Buffer.byteLength(head);
      texts.push(head);
      bytes += part.headBytes;
      const { seriesCount } = part.lines;
      for (let first = 0; first < seriesCount; ) {
        const { text, end } = this.#buildSeries(part, first, bytes, pairs);
        texts.push(text);
        bytes += Buffer.byteLength(text);
        first = end;
        yield;
      }
    }
    texts.push(this.#end);
    bytes += this.#end.length;
    const target = allocate(bytes);
    this.#length = 0;
    for (const text of texts) {
      this.#length += target.write(text, this.#length);
      yield;
    }
    return target;
  }

  /** Lines of series from `first` on, as many as are a step; they will stand at `bytes`. */
  #buildSeries(
    { lines, firstLine }: Part,
    first: number,
    bytes: number,
    pairs: PairTexts,
  ): { readonly text: string; readonly end: number } {
    const { perSeries, seriesCount } = lines;
    const begin = firstLine + first * perSeries;
    const ends = this.#ends;
    const parts: string[] = [];
    const prefixes: string[] = [];
    let line = begin;
    let chars = 0;
    let series = first;
    for (; series < seriesCount && chars < STEP_CHARS; series++) {
      lines.readNumbers(series, series + 1, this.#numbers);
      const exemplars = lines.exemplars(series, series + 1);
      lines.writePrefixes(series, prefixes, pairs);
      for (let i = 0; i < perSeries; i++) {
        const name = prefixes[2 * i] as string;
        const labels = prefixes[2 * i + 1] as string;
        const end = ends.begin(line, this.#numbers[i] as number, exemplars?.[i]);
        chars += name.length + labels.length;
        ends.place(line++, bytes + chars);
        chars += end.length + 1;
        parts.push(name, labels, end, '\n');
      }
    }
    const text = parts.join('');
    if (Buffer.byteLength(text) !== chars) ends.countBytes(begin, line, text, bytes);
    return { text, end: series };
  }
}

function* copyText(
  from: Buffer,
  begin: number,
  end: number,
  to: Buffer,
  toBegin: number,
): Steps<void> {
  for (let at = begin; at < end; at += STEP_BYTES) {
    from.copy(to, toBegin + at - begin, at, Math.min(end, at + STEP_BYTES));
    yield;
  }
}

function allocate(length: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.ceil(length * (1 + SPARE_PART)) + SPARE_BYTES);
}
