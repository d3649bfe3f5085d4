import type { Exemplar } from '../model/exemplar.js';
import { escapeLabelValue } from './escape.js';
import { formatValue } from './numbers.js';
import type { PageBytes } from './page-bytes.js';
import type { LineBlock } from './text-block.js';

/** Lines of which some have exemplars: these change with most updates, so all of the text is put together anew. */
export class ExemplarBlock implements LineBlock {
  readonly #prefixes: readonly string[];
  readonly #numbers: Float64Array;
  #exemplars: readonly (Exemplar | undefined)[];
  readonly #ends: string[];
  #bytes: Buffer;

  /** `prefixes` end where numbers begin. */
  constructor(
    prefixes: readonly string[],
    numbers: Float64Array,
    exemplars: readonly (Exemplar | undefined)[],
  ) {
    this.#prefixes = prefixes;
    this.#numbers = numbers.slice(0, prefixes.length);
    this.#exemplars = exemplars;
    this.#ends = prefixes.map((_, line) => endOf(numbers[line] as number, exemplars[line]));
    this.#bytes = this.#text();
  }

  update(
    page: PageBytes,
    numbers: Float64Array,
    exemplars: readonly (Exemplar | undefined)[] = [],
  ): void {
    for (let line = 0; line < this.#ends.length; line++) {
      const number = numbers[line] as number;
      const exemplar = exemplars[line];
      if (Object.is(number, this.#numbers[line]) && exemplar === this.#exemplars[line]) continue;
      this.#numbers[line] = number;
      this.#ends[line] = endOf(number, exemplar);
    }
    this.#exemplars = exemplars;
    this.#bytes = this.#text();
    this.appendTo(page);
  }

  appendTo(page: PageBytes): void {
    page.append(this.#bytes, 0, this.#bytes.length);
  }

  #text(): Buffer {
    return Buffer.from(this.#prefixes.map((prefix, line) => prefix + this.#ends[line]).join(''));
  }
}

function endOf(number: number, exemplar: Exemplar | undefined): string {
  return `${formatValue(number)}${exemplar === undefined ? '' : exemplarText(exemplar)}\n`;
}

/** What follows a number in OpenMetrics, the time in seconds. */
function exemplarText({ labels, value, timeMs }: Exemplar): string {
  const pairs = labels.map(([name, text]) => `${name}="${escapeLabelValue(text)}"`);
  return ` # {${pairs.join(',')}} ${formatValue(value)} ${timeMs / 1000}`;
}
