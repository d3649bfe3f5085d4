import type { ArgumentSpec, CommandSpec, Entry, OptionSpec } from './command.js';
import { PROGRAM } from './output.js';

const WIDTH = 80;
const INDENT = 7;
const HANG = 8;

/** Sections in the order of a manual page, without those that are empty. */
export type Section = readonly [title: string, lines: readonly string[]];

/** The help of one command. */
export function commandHelp(spec: CommandSpec): string {
  return manual([
    ['NAME', paragraph(`${PROGRAM} ${spec.name} - ${spec.summary}`)],
    ['SYNOPSIS', paragraph(synopsis(spec))],
    ['DESCRIPTION', paragraphs(spec.description)],
    ['OPTIONS', entries([...spec.options.map(optionEntry), HELP_ENTRY])],
    ['EXIT STATUS', entries(spec.exits)],
    ['ENVIRONMENT', entries(spec.environment)],
    ['EXAMPLES', entries(spec.examples)],
  ]);
}

export const HELP_ENTRY: Entry = ['-h, --help', 'print this and end'];

export function manual(sections: readonly Section[]): string {
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.join('\n')}\n`)
    .join('\n');
}

export function paragraph(text: string, indent = INDENT): string[] {
  const room = WIDTH - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each);
}

export function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, i) => (i === 0 ? paragraph(text) : ['', ...paragraph(text)]));
}

/** A term in a line, what it means below; short terms share the line. */
export function entries(list: readonly Entry[]): string[] {
  return list.flatMap(([term, meaning], i) => {
    const below = paragraph(meaning, INDENT + HANG);
    const gap = i === 0 || term.length < HANG ? [] : [''];
    const head = ' '.repeat(INDENT) + term;
    if (term.length >= HANG) return [...gap, head, ...below];
    return [head.padEnd(INDENT + HANG) + (below[0] as string).trimStart(), ...below.slice(1)];
  });
}

function synopsis({ name, options, argument }: CommandSpec): string {
  const parts = [PROGRAM, name];
  if (options.length > 0) parts.push('[OPTIONS]');
  if (argument !== undefined) parts.push(argumentSynopsis(argument));
  return parts.join(' ');
}

function argumentSynopsis({ name, required, repeated }: ArgumentSpec): string {
  const shown = repeated ? `${name}...` : name;
  return required ? shown : `[${shown}]`;
}

function optionEntry({ flags, meaning, choices, fallback }: OptionSpec): Entry {
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(fallback === undefined || fallback === false ? [] : [`default ${String(fallback)}`]),
  ];
  return [flags, notes.length === 0 ? meaning : `${meaning} (${notes.join('; ')})`];
}
