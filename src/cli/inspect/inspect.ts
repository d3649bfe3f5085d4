import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { compactionTools } from '../../collect/compactor.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORY_ENTRY,
  DONE_ENTRY,
  type Invocation,
  USAGE_ENTRY,
} from '../command.js';
import { namedDirectories } from '../directories.js';
import { CommandFailure, ExitCode } from '../exit-codes.js';
import { printableJson } from '../printable.js';
import { type Drawing, loadDrawing } from '../terminal.js';
import { interval } from '../values.js';
import { watch } from '../watch.js';
import { type DirectoryReport, reportDirectory } from './directory-report.js';
import { type BadFileReport, type FileReport, isBad, reportFile } from './file-report.js';
import { showBadFile, showDirectory, showFile } from './show.js';

export const inspect: CommandSpec = {
  name: 'inspect',
  summary: 'show what is in a file or a directory, writer by writer',
  description: [
    'Of a file: its header, the identity of its writer, whether that lives and by what this is known, the age of its heartbeat, its records, slots and exemplars, and how much of the reserved space is used. Of a directory: all its files, one a line. A damaged file is shown with what is wrong with it, and at which byte.',
    'A writer is live, dead, or hidden: said to be dead, or silent, and not known to be. The dead keep their counters on the page, the hidden theirs too; both lose their live gauges.',
  ],
  argument: { name: 'PATH', required: false, repeated: true, completion: 'file' },
  options: [
    { flags: '-j, --json', meaning: 'print an array with a report for each path' },
    { flags: '-w, --watch', meaning: 'look again and again, until it is interrupted' },
    {
      flags: '-i, --interval <seconds>',
      meaning: 'between two looks of --watch (default 2)',
      parse: interval,
    },
  ],
  exits: [DONE_ENTRY, ['1', 'a file is damaged or missing'], USAGE_ENTRY],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY],
  examples: [
    ['prom-multiproc inspect /dev/shm/app', 'who writes there'],
    ['prom-multiproc inspect --watch /dev/shm/app/archive.pmp', 'see the archive grow'],
  ],
  run,
};

type Report = DirectoryReport | FileReport | BadFileReport;

const DEFAULT_INTERVAL_MS = 2000;

async function run(invocation: Invocation): Promise<ExitCode> {
  const paths = namedDirectories(invocation).map((path) => resolve(path));
  const { json, watch: again, interval: intervalMs } = invocation.options;
  const drawing = await loadDrawing();
  let reports: readonly Report[] = [];
  const look = () => {
    reports = paths.map(report);
    if (json === true) return `${printableJson(reports, again === true ? undefined : 2)}\n`;
    return `${reports.map((one) => show(one, drawing).join('\n')).join('\n\n')}\n`;
  };
  const everyMs = again === true ? ((intervalMs as number | undefined) ?? DEFAULT_INTERVAL_MS) : 0;
  await watch(look, { everyMs, drawing, clears: json !== true });
  const damaged = reports.some((one) => ('bad' in one ? one.bad.length > 0 : isBad(one)));
  return damaged ? ExitCode.failed : ExitCode.done;
}

function report(path: string): Report {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new CommandFailure(ExitCode.failed, `${path} does not exist`);
  const tools = compactionTools();
  return stat.isDirectory() ? reportDirectory(path, tools) : reportFile(path, tools);
}

function show(one: Report, { width }: Drawing): string[] {
  if ('bad' in one) return showDirectory(one, width);
  return isBad(one) ? showBadFile(one) : showFile(one, width);
}
