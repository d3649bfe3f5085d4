import type { ExitCode } from './exit-codes.js';

/** What a shell may offer for a value. */
export type Completion = 'file' | 'directory' | readonly string[];

export interface ArgumentSpec {
  /** As it is shown: `DIR`. */
  readonly name: string;
  readonly required: boolean;
  readonly repeated: boolean;
  readonly completion: Completion;
}

export interface OptionSpec {
  /** As it is shown: `-p, --port <number>`. */
  readonly flags: string;
  readonly meaning: string;
  readonly fallback?: unknown;
  readonly choices?: readonly string[];
  /** Makes a value of the text, and of the value before where it is given several times. */
  readonly parse?: (text: string, before: unknown) => unknown;
  readonly completion?: Completion;
}

/** A term and what it means: an exit code, a variable. */
export type Entry = readonly [term: string, meaning: string];

/** One command: what its help says, and what it does. */
export interface CommandSpec {
  readonly name: string;
  /** One line, without a period. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly argument?: ArgumentSpec;
  readonly options: readonly OptionSpec[];
  readonly exits: readonly Entry[];
  readonly environment: readonly Entry[];
  /** A command line and what it does. */
  readonly examples: readonly Entry[];
  run(invocation: Invocation): Promise<ExitCode>;
}

/** How a command was called. */
export interface Invocation {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** The environment as the program found it. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

export const DIRECTORIES: ArgumentSpec = {
  name: 'DIR',
  required: false,
  repeated: true,
  completion: 'directory',
};

export const ONE_DIRECTORY: ArgumentSpec = { ...DIRECTORIES, repeated: false };

export const DIRECTORY_ENTRY: Entry = [
  'PROMETHEUS_MULTIPROC_DIR',
  'the directory, where none is named',
];
export const BACKEND_ENTRY: Entry = [
  'PROMETHEUS_MULTIPROC_BACKEND',
  'how files are read: mmap, mmap-io or file; the best that works where it is unset',
];
export const DONE_ENTRY: Entry = ['0', 'done'];
export const USAGE_ENTRY: Entry = ['2', 'the command line cannot be understood'];
