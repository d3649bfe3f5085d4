import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import { escapeLabelValue } from './escape.js';
import type { Format } from './formats.js';
import { formatValue } from './numbers.js';

/** The parts of a family's text that are the same at every scrape. */
interface FamilyText {
  readonly head: string;
  /** What stands before the number, line by line: name, labels and a space. */
  readonly lines: readonly string[];
}

/**
 * Renders families as a page. What does not change between two scrapes is kept with
 * the family, so a family that is rendered again costs its numbers.
 */
export class PageRenderer {
  readonly #format: Format;
  readonly #texts = new WeakMap<FamilyTable, FamilyText>();

  constructor(format: Format) {
    this.#format = format;
  }

  render(families: Iterable<FamilyTable>): string {
    let page = '';
    for (const family of families) {
      let text = this.#texts.get(family);
      if (text === undefined) {
        text = this.#textOf(family);
        this.#texts.set(family, text);
      }
      page += text.head + body(family, text.lines);
    }
    return page + this.#format.end;
  }

  #textOf(family: FamilyTable): FamilyText {
    const { name, help, type } = family;
    const shown = this.#format.familyName(name, type);
    const head = `# HELP ${shown} ${this.#format.escapeHelp(help)}\n# TYPE ${shown} ${type}\n`;
    return { head, lines: family.labels.flatMap((labels) => this.#linesOf(family, labels)) };
  }

  #linesOf({ name, type, bounds }: FamilyTable, labels: readonly LabelPair[]): string[] {
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

function body({ type, width, values, labels }: FamilyTable, lines: readonly string[]): string {
  let text = '';
  if (type === 'counter' || type === 'gauge') {
    for (let i = 0; i < lines.length; i++) {
      text += `${lines[i]}${formatValue(values[i] as number)}\n`;
    }
    return text;
  }
  let line = 0;
  for (let series = 0; series < labels.length; series++) {
    const begin = series * width;
    if (type === 'summary') {
      text += `${lines[line++]}${formatValue(values[begin + 1] as number)}\n`;
      text += `${lines[line++]}${formatValue(values[begin] as number)}\n`;
      continue;
    }
    let count = 0;
    for (let i = 0; i < width - 1; i++) {
      count += values[begin + i] as number;
      text += `${lines[line++]}${formatValue(count)}\n`;
    }
    text += `${lines[line++]}${formatValue(values[begin + width - 1] as number)}\n`;
    text += `${lines[line++]}${formatValue(count)}\n`;
  }
  return text;
}
