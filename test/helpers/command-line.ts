import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Program, root } from '../docs/program.js';
import type { Teardown } from './temporary-directory.js';

/** The built program. */
export const PROGRAM_FILE = join(root, 'dist/prom-multiproc.cjs');
if (!existsSync(PROGRAM_FILE)) throw new Error('dist/ is missing: run `npm run build` first');

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command that runs the command that follows it. */
  readonly through?: readonly string[];
}

export interface Result {
  /** Exit code, or the signal that ended it. */
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is the tests' own environment and would change what the program does. */
const OWN_VARIABLES =
  /^(?:PROMETHEUS_MULTIPROC_.*|prometheus_multiproc_dir|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)$/;

export function cleanEnvironment(env: RunOptions['env'] = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name));
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...env };
}

/** A command that should end and does not is killed, so that its test fails and says which. */
const MAX_RUN_MS = 60_000;

/** Runs the program to its end, without a terminal and with nothing on stdin. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = spawnCli(args, options, MAX_RUN_MS);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { status: code ?? signal, stdout, stderr };
}

/** Starts the program; it is gone when the test is over. */
export function startCli(t: Teardown, args: readonly string[], options: RunOptions = {}): Program {
  const child = spawnCli(args, options);
  const program = new Program(child);
  t.teardown(async () => {
    child.kill('SIGKILL');
    await program.end();
  });
  return program;
}

function spawnCli(
  args: readonly string[],
  { env, cwd = root, through = [] }: RunOptions,
  timeout?: number,
): ChildProcess {
  const [command, ...rest] = [...through, process.execPath, PROGRAM_FILE, ...args];
  return spawn(command as string, rest, {
    cwd,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' }),
  });
}
