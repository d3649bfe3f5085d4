// The README's blocks that are marked by a comment before them: `<!-- test: name -->`.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Teardown } from '../helpers/temporary-directory.js';
import { root } from './program.js';

export const readme = readFileSync(join(root, 'README.md'), 'utf8');
export const blocks = new Map(
  [...readme.matchAll(/^<!-- test: ([^\n]+) -->\n\n```\w+\n(.*?)^```$/gms)].map(
    ([, name, text]) => [name as string, text as string] as const,
  ),
);

export function block(name: string): string {
  const text = blocks.get(name);
  if (text === undefined) throw new Error(`README.md has no block "${name}"`);
  return text;
}

/** What a console block shows after its last command. */
export function shownOutput(name: string): string {
  return block(name).replace(/^(?:.*\n)*\$ .*\n/, '');
}

/** Writes a program of the README where `import 'prom-multiproc'` finds the built package. */
export function programFile(t: Teardown, name: string): string {
  mkdirSync(join(root, 'build'), { recursive: true });
  const directory = mkdtempSync(join(root, 'build/readme-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, name);
  writeFileSync(file, block(name));
  return file;
}
