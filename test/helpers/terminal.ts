import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './application.js';
import { cleanEnvironment } from './command-line.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command in a terminal of its own, which tmux draws as any terminal would. */
export class Terminal {
  readonly #socket: string;
  readonly #env: Record<string, string>;

  constructor(t: Teardown, command: readonly string[], options: TerminalOptions = {}) {
    const { columns = 80, rows = 24, env } = options;
    this.#socket = join(temporaryDirectory(t), 'tmux');
    // Whatever the tests' locale is.
    this.#env = cleanEnvironment({ LC_ALL: 'C.UTF-8', ...env });
    // What it ran in last stays to be seen, with its exit status.
    this.#tmux(
      ...['start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';', 'new-session'],
      ...['-d', '-x', String(columns), '-y', String(rows), '--', ...command],
    );
    t.teardown(() => this.#tmux('kill-server'));
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

  /** Resolves with its exit code, or the number of the signal, when the command has ended. */
  async end(): Promise<number> {
    let status = '';
    await eventually(async () => {
      const format = '#{pane_dead} #{pane_dead_status}#{pane_dead_signal}';
      const [dead, code = ''] = this.#tmux('display-message', '-p', format).trim().split(' ');
      status = code;
      // It is seen to have ended a moment before it is known how.
      return dead === '1' && code !== '' ? undefined : `it still runs:\n${this.screen}`;
    });
    return Number(status);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-S', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
