import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Teardown } from '../helpers/temporary-directory.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A program of the documents that runs, as a user would start it. */
export class Program {
  readonly process: ChildProcess;
  #output = '';

  constructor(child: ChildProcess) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        child.emit('output');
      });
    }
  }

  /** What it has printed until now. */
  get output(): string {
    return this.#output;
  }

  /** The first match of what it has printed, or prints from now on. @throws Error when it ends before */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const ended = this.end();
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`it ended without printing ${pattern}:\n${this.#output}`);
      }
      await Promise.race([once(this.process, 'output'), ended]);
    }
  }

  /** Its exit code, or the signal that ended it. */
  async end(): Promise<number | string> {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) await once(this.process, 'close');
    return this.process.exitCode ?? (this.process.signalCode as string);
  }
}

/** Starts `node ...args`, in the project's root by default; ends it with the test. */
export function startProgram(
  t: Teardown,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Program {
  const inherited = { ...process.env };
  for (const name of ['PROMETHEUS_MULTIPROC_DIR', 'PROMETHEUS_MULTIPROC_BACKEND']) {
    delete inherited[name];
  }
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its children can be ended with it.
    detached: true,
  });
  const program = new Program(child);
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-(child.pid as number), 'SIGKILL');
    await program.end();
  });
  return program;
}
