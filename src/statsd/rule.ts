import type { SampleKind } from './line.js';

/** How observed values are kept. */
export type ObserverType = 'histogram' | 'summary';

/** One rule of a mapping file, with the file's defaults. */
export interface MappingRule {
  /** Parts of the pattern; `*` stands for any one part of a name. */
  readonly match: readonly string[];
  /** Of samples of this kind alone. */
  readonly kind: SampleKind | undefined;
  readonly action: 'map' | 'drop';
  readonly name: Template;
  readonly labels: readonly (readonly [name: string, value: Template])[];
  /** Labels that the line has itself stay. */
  readonly honorLabels: boolean;
  readonly help: string | undefined;
  readonly scale: number;
  readonly observer: ObserverOptions;
}

export interface ObserverOptions {
  readonly type: ObserverType;
  /** Upper bounds, ascending; empty for a summary. */
  readonly buckets: readonly number[];
}

/** Text, and numbers of the stars whose parts of the name go between: `$1` is 1. */
export type Template = readonly (string | number)[];

const REFERENCE = /\$(?:\{(\d+)\}|(\d+))/;

/** Takes `$1` and `${1}` out of a text. */
export function parseTemplate(text: string): Template {
  const [first = '', ...rest] = text.split(REFERENCE);
  const template: (string | number)[] = [first];
  // Each reference left the number in braces, the number without, and the text after it.
  for (let i = 0; i < rest.length; i += 3) {
    template.push(Number(rest[i] ?? rest[i + 1]), rest[i + 2] as string);
  }
  return template;
}

/** The text with what the stars stood for. */
export function fill(template: Template, stars: readonly string[]): string {
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : stars[part - 1];
  return text;
}
