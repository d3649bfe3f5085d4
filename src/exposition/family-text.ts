import type { Exemplar } from '../model/exemplar.js';
import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import type { Steps } from '../steps.js';
import { escapeLabelValue } from './escape.js';
import { ExemplarBlock } from './exemplar-block.js';
import type { Format } from './formats.js';
import type { PageBytes } from './page-bytes.js';
import { type BlockChanges, type LineBlock, TextBlock } from './text-block.js';

/** Characters from which on a block takes no more series: what is moved when a number gets longer. */
const BLOCK_CHARS = 32 * 1024;

/**
 * One family's part of a page. What does not change between two scrapes is built once, so
 * that a scrape costs the numbers that have changed.
 */
export class FamilyText {
  readonly #format: Format;
  readonly #family: FamilyTable;
  readonly #changes: BlockChanges;
  readonly #head: Buffer;
  #bounds: readonly string[] | undefined;
  readonly #blocks: { readonly text: LineBlock; readonly series: number }[] = [];
  /** The family's when the text was brought in line. */
  #stamp: number | undefined;

  constructor(format: Format, family: FamilyTable, changes: BlockChanges) {
    this.#format = format;
    this.#family = family;
    this.#changes = changes;
    const { name, help, type } = family;
    const shown = format.familyName(name, type);
    this.#head = Buffer.from(
      `# HELP ${shown} ${format.escapeHelp(help)}\n# TYPE ${shown} ${type}\n`,
    );
  }

  /** Appends the text of the family's values as they are. Stops after every block. */
  *appendTo(page: PageBytes): Steps<void> {
    const { stamp } = this.#family;
    page.append(this.#head, 0, this.#head.length);
    if (this.#stamp === undefined) {
      yield* this.#build(page);
    } else if (this.#stamp !== stamp) {
      let first = 0;
      for (const { text, series } of this.#blocks) {
        const end = first + series;
        text.update(page, this.#numbersOf(first, end), this.#exemplarsOf(first, end));
        first = end;
        yield;
      }
    } else {
      for (const { text } of this.#blocks) {
        text.appendTo(page);
        yield;
      }
    }
    this.#stamp = stamp;
  }

  *#build(page: PageBytes): Steps<void> {
    const { labels, order } = this.#family;
    this.#blocks.length = 0;
    let lines: string[] = [];
    let chars = 0;
    let series = 0;
    for (const [i, number] of order.entries()) {
      for (const line of this.#linesOf(labels[number] as readonly LabelPair[])) {
        lines.push(line);
        chars += line.length;
      }
      series++;
      if (chars < BLOCK_CHARS && i < order.length - 1) continue;
      const text = this.#blockOf(lines, i + 1 - series, i + 1);
      text.appendTo(page);
      this.#blocks.push({ text, series });
      lines = [];
      chars = 0;
      series = 0;
      yield;
    }
  }

  #blockOf(lines: readonly string[], first: number, end: number): LineBlock {
    const numbers = this.#numbersOf(first, end);
    const exemplars = this.#exemplarsOf(first, end);
    return exemplars === undefined
      ? new TextBlock(lines, numbers, this.#changes)
      : new ExemplarBlock(lines, numbers, exemplars);
  }

  #linesOf(labels: readonly LabelPair[]): string[] {
    const { name, type } = this.#family;
    let own = '';
    for (const [label, value] of labels) {
      own += `${own === '' ? '' : ','}${label}="${escapeLabelValue(value)}"`;
    }
    const plain = own === '' ? ' ' : `{${own}} `;
    if (type === 'counter' || type === 'gauge') {
      return [this.#format.sampleName(name, type) + plain];
    }
    const last = [`${name}_sum${plain}`, `${name}_count${plain}`];
    if (type === 'summary') return last;
    const begin = own === '' ? `${name}_bucket{` : `${name}_bucket{${own},`;
    return [...this.#boundLabels.map((le) => begin + le), ...last];
  }

  get #boundLabels(): readonly string[] {
    this.#bounds ??= [
      ...this.#family.bounds.map((bound) => `le="${this.#format.formatBound(bound)}"} `),
      'le="+Inf"} ',
    ];
    return this.#bounds;
  }

  /** The numbers of the lines of some series, from `first` to `end - 1` in order. Good until the next call. */
  #numbersOf(first: number, end: number): Float64Array {
    const { type, width, values, order } = this.#family;
    const numbers = this.#changes.numbers((end - first) * (width + 1));
    let line = 0;
    for (let i = first; i < end; i++) {
      const begin = (order[i] as number) * width;
      const last = values[begin + width - 1] as number;
      if (type === 'counter' || type === 'gauge') {
        numbers[line++] = last;
        continue;
      }
      let count = 0;
      for (let at = begin; at < begin + width - 1; at++) {
        count += values[at] as number;
        if (type === 'histogram') numbers[line++] = count;
      }
      numbers[line++] = last;
      numbers[line++] = count;
    }
    return numbers;
  }

  /** The exemplars of the same lines; undefined where the family has none, or the format. */
  #exemplarsOf(first: number, end: number): (Exemplar | undefined)[] | undefined {
    const { type, width, order, exemplars } = this.#family;
    if (exemplars === undefined || !this.#format.exemplars) return undefined;
    // A histogram's sum and count have none; nor has the table at the place of the sum.
    const others = type === 'histogram' ? [undefined] : [];
    return Array.from(order.subarray(first, end), (series) => [
      ...exemplars.slice(series * width, (series + 1) * width),
      ...others,
    ]).flat();
  }
}
