import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import type { Steps } from '../steps.js';
import { escapeLabelValue } from './escape.js';
import type { Format } from './formats.js';
import { type BlockChanges, TextBlock } from './text-block.js';

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
  readonly #blocks: { readonly text: TextBlock; readonly series: number }[] = [];
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

  /** Bytes of the text. */
  get length(): number {
    return this.#blocks.reduce((sum, { text }) => sum + text.length, this.#head.length);
  }

  /** Brings the text in line with the family's values. Stops after every block. */
  *update(): Steps<void> {
    const { stamp } = this.#family;
    if (this.#stamp === stamp) return;
    if (this.#stamp === undefined) yield* this.#build();
    let first = 0;
    for (const { text, series } of this.#blocks) {
      setNumbers(text, this.#family, first, first + series);
      text.flush();
      first += series;
      yield;
    }
    this.#stamp = stamp;
  }

  /** Copies the text and returns where it ends. */
  copyTo(target: Uint8Array, begin: number): number {
    target.set(this.#head, begin);
    let at = begin + this.#head.length;
    for (const { text } of this.#blocks) at = text.copyTo(target, at);
    return at;
  }

  *#build(): Steps<void> {
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
      this.#blocks.push({ text: new TextBlock(lines, this.#changes), series });
      lines = [];
      chars = 0;
      series = 0;
      yield;
    }
  }

  #linesOf(labels: readonly LabelPair[]): string[] {
    const { name, type, bounds } = this.#family;
    const own = labels.map(([label, value]) => `${label}="${escapeLabelValue(value)}"`).join(',');
    const plain = own === '' ? '' : `{${own}}`;
    switch (type) {
      case 'counter':
      case 'gauge':
        return [`${this.#format.sampleName(name, type)}${plain} `];
      case 'summary':
        return [`${name}_sum${plain} `, `${name}_count${plain} `];
      case 'histogram': {
        const before = own === '' ? '' : `${own},`;
        const buckets = [...bounds.map((bound) => this.#format.formatBound(bound)), '+Inf'];
        return [
          ...buckets.map((le) => `${name}_bucket{${before}le="${le}"} `),
          `${name}_sum${plain} `,
          `${name}_count${plain} `,
        ];
      }
    }
  }
}

/** Sets the lines of a block to the values of its series, which are some of the family's in order. */
function setNumbers(
  block: TextBlock,
  { type, width, values, order }: FamilyTable,
  first: number,
  end: number,
): void {
  let line = 0;
  for (let i = first; i < end; i++) {
    const begin = (order[i] as number) * width;
    if (type === 'histogram') {
      let count = 0;
      for (let at = begin; at < begin + width - 1; at++) {
        count += values[at] as number;
        block.set(line++, count);
      }
      block.set(line++, values[begin + width - 1] as number);
      block.set(line++, count);
    } else if (type === 'summary') {
      block.set(line++, values[begin + 1] as number);
      block.set(line++, values[begin] as number);
    } else {
      block.set(line++, values[begin] as number);
    }
  }
}
