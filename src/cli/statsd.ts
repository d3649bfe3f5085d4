import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { DIRECTORY_VARIABLE, ensureDirectory } from '../processes/directory.js';
import { StatsdListener } from '../statsd/listener.js';
import { type Mapping, NO_MAPPING } from '../statsd/mapping.js';
import { parseMapping } from '../statsd/mapping-file.js';
import type { OptionSpec } from './command.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import { MAX_PORT, wholeNumber } from './values.js';

const DEFAULT_HOST = '127.0.0.1';

export const STATSD_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--statsd <port>',
    meaning:
      'count the lines of statsd and DogStatsD that come by UDP and TCP; 0 for a port that the system gives',
    parse: wholeNumber(0, MAX_PORT),
  },
  {
    flags: '--statsd-host <address>',
    meaning: `to take lines on; 0.0.0.0 or :: for all of this machine (default ${DEFAULT_HOST})`,
  },
  {
    flags: '--statsd-mapping <file>',
    meaning: "rules that make metrics of lines, in the form of statsd_exporter's glob rules, YAML",
    completion: 'file',
  },
];

export interface StatsdOptions {
  readonly statsd?: number;
  readonly statsdHost?: string;
  readonly statsdMapping?: string;
}

/** What is to be listened for, checked as far as it can be before anything has begun. */
export interface StatsdPlan {
  readonly port: number;
  readonly host: string;
  readonly mapping: Mapping;
}

/**
 * Makes this process a writer in the first directory, where lines are to be counted. To be
 * called before anything asks where this process writes.
 *
 * @throws CommandFailure where that directory cannot be written, or the mapping is no good
 */
export async function planStatsd(
  { statsd, statsdHost, statsdMapping }: StatsdOptions,
  [first = '']: readonly string[],
): Promise<StatsdPlan | undefined> {
  if (statsd === undefined) {
    if (statsdHost === undefined && statsdMapping === undefined) return undefined;
    throw new CommandFailure(
      ExitCode.usage,
      '--statsd-host and --statsd-mapping need --statsd with a port',
    );
  }
  const mapping = statsdMapping === undefined ? NO_MAPPING : await readMapping(statsdMapping);
  process.env[DIRECTORY_VARIABLE] = await writableDirectory(first);
  return { port: statsd, host: statsdHost ?? DEFAULT_HOST, mapping };
}

/** @throws CommandFailure where it cannot listen */
export async function startStatsd(plan: StatsdPlan): Promise<StatsdListener> {
  try {
    return await StatsdListener.start(plan);
  } catch (error) {
    const { message } = error as Error;
    throw new CommandFailure(ExitCode.failed, `cannot take statsd lines: ${message}`, {
      cause: error,
    });
  }
}

async function readMapping(file: string): Promise<Mapping> {
  try {
    return await parseMapping(readFileSync(file));
  } catch (error) {
    const { message } = error as Error;
    throw new CommandFailure(ExitCode.failed, `cannot use the mapping ${file}: ${message}`, {
      cause: error,
    });
  }
}

async function writableDirectory(named: string): Promise<string> {
  const { default: glob } = await import('fast-glob');
  if (glob.isDynamicPattern(named)) {
    throw new CommandFailure(
      ExitCode.usage,
      `--statsd counts in the first directory, and ${named} is a pattern: name a directory first`,
    );
  }
  const directory = resolve(named);
  try {
    ensureDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return directory;
  } catch (error) {
    const { message } = error as Error;
    throw new CommandFailure(
      ExitCode.failed,
      `--statsd counts in ${directory}, which cannot be written: ${message}`,
      { cause: error },
    );
  }
}
