import { compact as compactAll } from '../integrations/maintenance.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORIES,
  DIRECTORY_ENTRY,
  DONE_ENTRY,
  type Invocation,
  USAGE_ENTRY,
} from './command.js';
import { foundDirectories, namedDirectories } from './directories.js';
import { ExitCode } from './exit-codes.js';
import { print } from './output.js';
import { printable } from './printable.js';

export const compact: CommandSpec = {
  name: 'compact',
  summary: 'fold what dead writers left into the archive',
  description: [
    'Puts the values of processes and threads that have ended into one file, archive.pmp, and removes theirs. No number on the page changes, and scrapes meanwhile are right.',
    'Whoever serves the page and may write there does it of its own accord. This is for directories that are only read, and for those who want to choose the moment. While another process compacts a directory, that one goes on and nothing is done here.',
  ],
  argument: DIRECTORIES,
  options: [],
  exits: [DONE_ENTRY, ['1', 'a directory is missing or cannot be written'], USAGE_ENTRY],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY],
  examples: [['prom-multiproc compact /dev/shm/app', 'fold what is to be folded']],
  run,
};

async function run(invocation: Invocation): Promise<ExitCode> {
  for (const directory of await foundDirectories(namedDirectories(invocation))) {
    const folded = await compactAll(directory);
    await print(`${printable(directory)}: ${folded} folded\n`);
  }
  return ExitCode.done;
}
