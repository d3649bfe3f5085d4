import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../helpers/backends.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, newHolder, setSlot } from '../helpers/writers.js';

const BYTES_PER_LINE = 16;

/** The file of FORMAT.md's worked example, as `hexdump -C` shows it: lines of zeros are left out. */
export function workedExample(t: Teardown): string {
  const path = join(temporaryDirectory(t), 'example.pmp');
  const writer = fileWriter(loadBackend('mmap'), path);
  const id = writer.defineMetric(
    descriptor({ name: 'eggs_total', help: 'Eggs.', labelNames: ['colour'] }),
  );
  const holder = newHolder();
  writer.addSeries(id, ['white'], 1, holder);
  setSlot(holder, 3);
  writer.mapping.close();
  return dump(readFileSync(path));
}

function dump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = bytes.subarray(at, at + BYTES_PER_LINE);
    if (row.every((byte) => byte === 0)) continue;
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0'));
    const text = [...row].map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    const halves = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`;
    lines.push(`${at.toString(16).padStart(8, '0')}  ${halves}  |${text.join('')}|`);
  }
  return lines.join('\n');
}
