import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { eventually } from './application.js';
import { cleanEnvironment } from './command-line.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command after it, and tells how it ended in a file that is there when it is whole. */
const REPORT = 'trap : INT HUP; "$@"; echo "$?" >"$0.new"; mv "$0.new" "$0"; exec cat';

/** A command in a terminal of its own, which tmux draws as any terminal would. */
export class Terminal {
  readonly #socket: string;
  readonly #env: Record<string, string>;
  readonly #statusFile: string;

  constructor(t: Teardown, command: readonly string[], options: TerminalOptions = {}) {
    const { columns = 80, rows = 24, env } = options;
    const directory = temporaryDirectory(t);
    this.#socket = join(directory, 'tmux');
    this.#statusFile = join(directory, 'status');
    // Whatever the tests' locale is.
    this.#env = cleanEnvironment({ LC_ALL: 'C.UTF-8', ...env });
    this.#tmux(
      ...['new-session', '-d', '-x', String(columns), '-y', String(rows)],
      ...['--', 'sh', '-c', REPORT, this.#statusFile, ...command],
    );
    const pane = this.#panePid;
    t.teardown(async () => {
      this.#tmux('kill-server');
      // A shell writes its history when its terminal goes: nothing is removed under it.
      await eventually(async () => (isRunning(pane) ? `${pane} still runs` : undefined));
    });
  }

  /** What is to be seen, line by line, without what is blank at the end. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** The same with colours, as escape sequences. */
  get colouredScreen(): string {
    return this.#tmux('capture-pane', '-p', '-e').trimEnd();
  }

  /** Names of keys, such as `q`, `Enter`, `C-c`. */
  type(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Pid of the command. */
  get pid(): number {
    return this.childOf(this.#panePid);
  }

  get #panePid(): number {
    return Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
  }

  /** Pid of the one process that a process has started. */
  childOf(pid: number): number {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  }

  /** Whether the program has a screen of its own, which vanishes with it. */
  get isOnOtherScreen(): boolean {
    return this.#tmux('display-message', '-p', '#{alternate_on}').trim() === '1';
  }

  get hidesCursor(): boolean {
    return this.#tmux('display-message', '-p', '#{cursor_flag}').trim() === '0';
  }

  /** Resolves when the screen matches. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null;
    await eventually(async () => {
      const { screen } = this;
      match = pattern.exec(screen);
      return match === null ? `the screen does not show ${pattern}:\n${screen}` : undefined;
    });
    return match as unknown as RegExpExecArray;
  }

  /** Resolves with its exit code when the command has ended. */
  async end(): Promise<number> {
    await eventually(async () =>
      existsSync(this.#statusFile) ? undefined : `it still runs:\n${this.screen}`,
    );
    return Number(readFileSync(this.#statusFile, 'utf8'));
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-S', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
}
