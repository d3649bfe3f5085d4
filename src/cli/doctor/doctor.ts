import process from 'node:process';
import { compactionTools } from '../../collect/compactor.js';
import { nowMs } from '../../processes/clock.js';
import { threadState } from '../../state.js';
import {
  BACKEND_ENTRY,
  type CommandSpec,
  DIRECTORIES,
  DIRECTORY_ENTRY,
  type Invocation,
  USAGE_ENTRY,
} from '../command.js';
import { foundDirectories, namedDirectories } from '../directories.js';
import { ExitCode } from '../exit-codes.js';
import { reportDirectory } from '../inspect/directory-report.js';
import { print, silenceWarnings } from '../output.js';
import { printable, printableJson } from '../printable.js';
import { type Drawing, loadDrawing } from '../terminal.js';
import { counted } from '../units.js';
import { directoryFindings, isReadable } from './directory.js';
import { backendFindings, environmentFindings } from './environment.js';
import { fileSystemFindings } from './file-system.js';
import type { Finding, Level } from './finding.js';
import { leftoverFindings } from './leftovers.js';
import { pageFindings } from './page.js';
import { versionFindings } from './versions.js';
import { writerFindings } from './writers.js';

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'find out what is wrong, and say what to do',
  description: [
    'Checks the variables, the backend and why no better one serves, versions of Node.js, koffi, mmap-io and all copies of client packages that the application in the current directory could load; and of each directory whether it is there, permissions, the kind of its file system and the room on it, who writes there and from which pid namespaces, what was left behind, files that cannot be read, and what applications say of themselves. It changes nothing.',
    'A finding is ok, a note, or wrong. Run it as the user of the application, with its environment and in its directory.',
  ],
  argument: DIRECTORIES,
  options: [
    {
      flags: '-j, --json',
      meaning:
        'print an array of findings, each with check, level, says, advice and, where it is about one, directory',
    },
  ],
  exits: [['0', 'nothing is wrong'], ['1', 'something is wrong'], USAGE_ENTRY],
  environment: [DIRECTORY_ENTRY, BACKEND_ENTRY],
  examples: [['prom-multiproc doctor /dev/shm/app', 'look at one directory']],
  run,
};

type Located = Finding & { readonly directory?: string };

async function run(invocation: Invocation): Promise<ExitCode> {
  silenceWarnings();
  const findings = await examine(invocation);
  const wrong = findings.filter(({ level }) => level === 'wrong').length;
  if (invocation.options.json === true) {
    await print(`${printableJson(findings, 2)}\n`);
  } else {
    const notes = findings.filter(({ level }) => level === 'note').length;
    const { colours } = await loadDrawing();
    await print(shown(findings, colours));
    await print(`${wrong} wrong, ${counted(notes, 'note')}\n`);
  }
  return wrong === 0 ? ExitCode.done : ExitCode.failed;
}

async function examine({ args, env }: Invocation): Promise<Located[]> {
  const named = isNamed({ args, env }) ? namedDirectories({ args, env }) : [];
  const directories = named.length === 0 ? [] : await foundDirectories(named);
  const backend = backendFindings(env);
  const general = [
    ...environmentFindings(env, args.length === 0 ? [] : directories),
    ...backend,
    ...versionFindings(process.cwd()),
  ];
  // Without a backend nothing can be read.
  if (backend.some(({ level }) => level === 'wrong')) return general;
  const located: Located[] = [];
  for (const directory of directories) {
    for (const finding of await examineDirectory(directory))
      located.push({ ...finding, directory });
  }
  return [...general, ...located];
}

function isNamed({ args, env }: Pick<Invocation, 'args' | 'env'>): boolean {
  return args.length > 0 || Boolean(env.PROMETHEUS_MULTIPROC_DIR || env.prometheus_multiproc_dir);
}

async function examineDirectory(directory: string): Promise<Finding[]> {
  const about = directoryFindings(directory);
  if (!isReadable(about)) return about;
  const report = reportDirectory(directory, compactionTools());
  return [
    ...about,
    ...fileSystemFindings(directory),
    ...writerFindings(report.files, threadState().identity),
    ...leftoverFindings(report, nowMs()),
    ...(await pageFindings(directory)),
  ];
}

function shown(findings: readonly Located[], colours: Drawing['colours']): string {
  const paint: Record<Level, (text: string) => string> = {
    ok: colours.green,
    note: colours.yellow,
    wrong: colours.red,
  };
  const indent = ' '.repeat(LEVEL_WIDTH + CHECK_WIDTH);
  let directory: string | undefined;
  return findings
    .map((finding) => {
      const { level, check, says, advice } = finding;
      const head =
        finding.directory === directory ? '' : `\n${printable(finding.directory ?? '')}\n`;
      directory = finding.directory;
      const line = `${paint[level](level.padEnd(LEVEL_WIDTH))}${check.padEnd(CHECK_WIDTH)}${printable(says)}\n`;
      return `${head}${line}${advice === undefined ? '' : `${indent}do: ${printable(advice)}\n`}`;
    })
    .join('');
}

const LEVEL_WIDTH = 7;
const CHECK_WIDTH = 16;
