import type { Exemplar } from '../model/exemplar.js';
import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import { escapeLabelValue } from './escape.js';
import type { Format } from './formats.js';

/** Labels as they stand in lines. Most pairs come again and again. */
export class PairTexts {
  readonly #texts = new Map<LabelPair, string>();

  of(pair: LabelPair): string {
    let text = this.#texts.get(pair);
    if (text === undefined) {
      text = `${pair[0]}="${escapeLabelValue(pair[1])}"`;
      this.#texts.set(pair, text);
    }
    return text;
  }
}

/** The lines of one family: what stands before their numbers, and which numbers these are. */
export class FamilyLines {
  readonly family: FamilyTable;
  /** Lines of each series. */
  readonly perSeries: number;
  readonly #format: Format;
  #bounds: readonly string[] | undefined;

  constructor(format: Format, family: FamilyTable) {
    this.family = family;
    this.#format = format;
    const { type, width } = family;
    // The count has a line besides those of the values; of a summary it is one of them.
    this.perSeries = type === 'histogram' ? width + 1 : width;
  }

  get seriesCount(): number {
    return this.family.order.length;
  }

  get lineCount(): number {
    return this.seriesCount * this.perSeries;
  }

  /** The lines that stand before all others. */
  head(): string {
    const { name, help, type } = this.family;
    const shown = this.#format.familyName(name, type);
    return `# HELP ${shown} ${this.#format.escapeHelp(help)}\n# TYPE ${shown} ${type}\n`;
  }

  /**
   * Writes what each line of the series that comes `at` in order has before its number to
   * the begin of `parts`, in two parts: put together they would be a string more for every line.
   */
  writePrefixes(at: number, parts: string[], texts: PairTexts): void {
    const { name, type, labels, order } = this.family;
    const pairs = labels[order[at] as number] as readonly LabelPair[];
    let own = '';
    for (let i = 0; i < pairs.length; i++) {
      const text = texts.of(pairs[i] as LabelPair);
      own = i === 0 ? text : `${own},${text}`;
    }
    const plain = own === '' ? ' ' : `{${own}} `;
    if (type === 'counter' || type === 'gauge') {
      parts[0] = this.#format.sampleName(name, type);
      parts[1] = plain;
      return;
    }
    let next = 0;
    if (type === 'histogram') {
      const begin = own === '' ? `${name}_bucket{` : `${name}_bucket{${own},`;
      const bounds = this.#boundLabels;
      for (let i = 0; i < bounds.length; i++) {
        parts[next++] = begin;
        parts[next++] = bounds[i] as string;
      }
    }
    parts[next++] = `${name}_sum`;
    parts[next++] = plain;
    parts[next++] = `${name}_count`;
    parts[next++] = plain;
  }

  /** The numbers of the lines of some series, from `first` to `end - 1` in order, into `numbers`. */
  readNumbers(first: number, end: number, numbers: Float64Array): void {
    const { type, width, values, order } = this.family;
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
  }

  /** The exemplars of the same lines; undefined where the family has none, or the format. */
  exemplars(first: number, end: number): (Exemplar | undefined)[] | undefined {
    const { type, width, order, exemplars } = this.family;
    if (exemplars === undefined || !this.#format.exemplars) return undefined;
    // A histogram's sum and count have none; nor has the table at the place of the sum.
    const others = type === 'histogram' ? [undefined] : [];
    return Array.from(order.subarray(first, end), (series) => [
      ...exemplars.slice(series * width, (series + 1) * width),
      ...others,
    ]).flat();
  }

  get #boundLabels(): readonly string[] {
    this.#bounds ??= [
      ...this.family.bounds.map((bound) => `le="${this.#format.formatBound(bound)}"} `),
      'le="+Inf"} ',
    ];
    return this.#bounds;
  }
}
