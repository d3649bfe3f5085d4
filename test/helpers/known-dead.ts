import { readdirSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../src/errors.js';
import { Mark } from '../../src/format/layout.js';
import { chooseBackend } from '../../src/mapping/backend.js';
import { Reader } from '../../src/store/reader.js';

/**
 * Whether somebody was told of a process's death, where no page was made since: its file
 * is marked, or absorbed and perhaps gone.
 */
export function isKnownDead(backend: string, dir: string, pid: number): boolean {
  const name = readdirSync(dir).find((file) => file.startsWith(`${pid}-`));
  if (name === undefined) return true;
  try {
    const file = Reader.open(chooseBackend(backend).backend, path.join(dir, name));
    file.close();
    return file.mark !== Mark.none;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}
