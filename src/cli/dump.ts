import process from 'node:process';
import { Collector } from '../collect/collector.js';
import type { FormatName } from '../exposition/formats.js';
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
import { CommandFailure, ExitCode } from './exit-codes.js';
import { print } from './output.js';
import { printableJson, printableLines } from './printable.js';
import { nameList } from './values.js';

export const dump: CommandSpec = {
  name: 'dump',
  summary: 'print the merged page',
  description: [
    'Reads what all processes have written into the directories, merges it, and prints the page that a scrape would get, once. It changes nothing in the directory.',
    'On a terminal, control characters in label values and help texts are shown as escapes; elsewhere the page is as it is, byte for byte.',
  ],
  argument: DIRECTORIES,
  options: [
    {
      flags: '-f, --format <format>',
      meaning: 'of the page',
      choices: ['text', 'openmetrics'],
      fallback: 'text',
    },
    {
      flags: '-j, --json',
      meaning:
        'print an array of families in place of the page, each with name, help, type and samples; values that JSON does not have are the strings NaN, +Inf and -Inf',
    },
    {
      flags: '-n, --names <names>',
      meaning: 'only these families, with commas between them',
      parse: nameList,
    },
    { flags: '--no-self-metrics', meaning: "leave out the library's own families" },
  ],
  exits: [
    DONE_ENTRY,
    ['1', 'there is nothing to show: no directory, or no family of these names'],
    USAGE_ENTRY,
  ],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY],
  examples: [
    ['prom-multiproc dump /dev/shm/app', 'the page of one application'],
    ["prom-multiproc dump '/dev/shm/*' --names http_requests_total", 'one family of all of them'],
  ],
  run,
};

interface Options {
  readonly format: FormatName;
  readonly json?: boolean;
  readonly names?: readonly string[];
  readonly selfMetrics: boolean;
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { format, json, names, selfMetrics } = invocation.options as unknown as Options;
  const dir = await foundDirectories(namedDirectories(invocation));
  const collector = new Collector({ dir, selfMetrics, compact: false });
  try {
    if (names !== undefined) await requireFamilies(collector, names);
    if (json === true) {
      await print(`${printableJson(await collector.collectFamilies({ names }), 2)}\n`);
    } else {
      const page = await collector.collectBytes({ format, names });
      await print(process.stdout.isTTY ? printableLines(page.toString()) : page);
    }
    return ExitCode.done;
  } finally {
    collector.close();
  }
}

/** An empty page would look as if nothing had been counted. */
async function requireFamilies(collector: Collector, names: readonly string[]): Promise<void> {
  const families = await collector.collectFamilies({ names });
  if (families.length > 0) return;
  throw new CommandFailure(ExitCode.failed, `there is no family ${names.join(', ')}`);
}
