import { unlinkSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { compactionTools } from '../../collect/compactor.js';
import { errorCode } from '../../errors.js';
import { withCompactionLock } from '../../processes/compaction-lock.js';
import { requireDirectory } from '../../processes/directory.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORY_ENTRY,
  DONE_ENTRY,
  type Invocation,
  ONE_DIRECTORY,
  USAGE_ENTRY,
} from '../command.js';
import { namedDirectories } from '../directories.js';
import { CommandFailure, ExitCode } from '../exit-codes.js';
import { print } from '../output.js';
import { printable } from '../printable.js';
import { counted, formatBytes } from '../units.js';
import { type Fate, planCleaning } from './plan.js';

export const clean: CommandSpec = {
  name: 'clean',
  summary: 'remove what dead writers left, the archive included',
  description: [
    'Makes an application begin at zero: removes the files of processes and threads that have ended, the archive, archives that were put aside, and files that were never finished. Run it while no process of the application runs.',
    'It removes regular files only, whose name and first bytes are those of this library, and nothing else; what it leaves is listed.',
    'Where writers live it refuses, since counters on their page would fall. With --force it goes on, and leaves their files.',
  ],
  argument: ONE_DIRECTORY,
  options: [
    { flags: '-y, --yes', meaning: 'do not ask' },
    {
      flags: '--force',
      meaning: 'although writers live: they keep their files, and counters fall',
    },
    { flags: '--dry-run', meaning: 'list what would be removed, and remove nothing' },
  ],
  exits: [
    DONE_ENTRY,
    ['1', 'the directory is missing, cannot be written or is being compacted'],
    USAGE_ENTRY,
    ['3', 'refused: writers live, or nobody said yes'],
  ],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY],
  examples: [
    ['prom-multiproc clean --dry-run /dev/shm/app', 'see what would go'],
    ['prom-multiproc clean --yes && exec node cluster.js', 'in a start script'],
  ],
  run,
};

async function run(invocation: Invocation): Promise<ExitCode> {
  const [named] = namedDirectories(invocation);
  const directory = resolve(named as string);
  requireDirectory(directory);
  const { yes, force, dryRun } = invocation.options;
  const seen = planCleaning(directory, compactionTools());
  if (dryRun === true) {
    await print(shown(seen, 'would go'));
    return ExitCode.done;
  }
  if (force !== true) refuseLiving(directory, seen);
  const going = seen.filter(isRemoval);
  if (going.length > 0 && yes !== true) await requireYes(directory, going);
  const fates = await withCompactionLock(directory, () => remove(directory, force === true));
  if (fates === undefined) {
    throw new CommandFailure(ExitCode.failed, `${directory} is being compacted: try again`);
  }
  await print(shown(fates, 'removed'));
  return ExitCode.done;
}

/** Removes what is to be removed now: since it was asked a process may have started, or ended. */
function remove(directory: string, force: boolean): readonly Fate[] {
  const fates = planCleaning(directory, compactionTools());
  if (!force) refuseLiving(directory, fates);
  for (const { path } of fates.filter(isRemoval)) {
    try {
      unlinkSync(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return fates;
}

function isRemoval(fate: Fate): fate is Fate & { kind: 'remove' } {
  return fate.kind === 'remove';
}

function refuseLiving(directory: string, fates: readonly Fate[]): void {
  const living = fates.filter(({ kind }) => kind === 'living').length;
  if (living === 0) return;
  throw new CommandFailure(
    ExitCode.refused,
    `${counted(living, 'writer')} of ${directory} may live: end the application first, or use --force to remove only what others left`,
  );
}

/** @throws CommandFailure unless somebody at a terminal says yes */
async function requireYes(
  directory: string,
  going: readonly { sizeBytes: number }[],
): Promise<void> {
  const bytes = going.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const question = `remove ${counted(going.length, 'file')} (${formatBytes(bytes)}) from ${printable(directory)}?`;
  if (!process.stdin.isTTY) {
    throw new CommandFailure(ExitCode.refused, `${question} Say so with --yes`);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: closed.signal });
    if (/^y(?:es)?$/i.test(answer.trim())) return;
  } catch (error) {
    // The terminal was closed, or Ctrl-D typed.
    if (!closed.signal.aborted) throw error;
  } finally {
    lines.close();
  }
  throw new CommandFailure(ExitCode.refused, 'nothing was removed');
}

function shown(fates: readonly Fate[], removal: string): string {
  const words = { remove: removal, keep: 'kept', living: 'lives' } as const;
  return fates
    .map((fate) => {
      const because = fate.kind === 'keep' ? `: ${fate.because}` : '';
      return `${words[fate.kind].padEnd(8)} ${printable(basename(fate.path))}${because}\n`;
    })
    .join('');
}
