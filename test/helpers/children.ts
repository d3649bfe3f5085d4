import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Teardown } from './temporary-directory.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Options of Node.js itself, such as `--import`. */
  readonly nodeArgs?: readonly string[];
  /** A command that runs the command that follows it, in the same process: `unshare`, say. */
  readonly through?: readonly string[];
}

/** Variables that would change what a child does: each test sets its own. */
const OWN_VARIABLES =
  /^(?:PROMETHEUS_MULTIPROC_(?:DIR|BACKEND|HEARTBEAT_MS|STALE_AFTER_MS|SAMPLE_MS|MAX_SERIES|TOKEN|WRITER_NAME)|prometheus_multiproc_dir|NODE_OPTIONS)$/;

/** A real Node.js process that runs a program of test/programs and talks by messages. */
export class Child {
  readonly pid: number;
  /** Resolves when the process is gone and everything that it sent has arrived. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  readonly #events: unknown[] = [];
  #stderr = '';
  #requests = 0;
  #wake: () => void = () => {};
  #exit: Exit | undefined;

  constructor(child: ChildProcess) {
    if (child.pid === undefined) throw new Error('the child did not start');
    this.pid = child.pid;
    this.#process = child;
    child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    child.on('message', (message) => this.#receive(message as Message));
    this.exited = once(child, 'close').then(([code, signal]) => {
      this.#exit = { code, signal };
      const reply = { id: 0, error: { name: 'Gone', message: this.#obituary() } };
      for (const settle of this.#pending.values()) settle(reply);
      this.#wake();
      return this.#exit;
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasEnded(): boolean {
    return this.#exit !== undefined;
  }

  /** Everything that the child has said unasked. */
  get events(): readonly unknown[] {
    return this.#events;
  }

  /** Resolves when so many events are there. Rejects when the child ends before. */
  async heard(count: number): Promise<void> {
    while (this.#events.length < count) {
      if (this.#exit !== undefined) throw new Error(this.#obituary());
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends a command and resolves with what it gave; rejects with what it threw. */
  async request(command: unknown): Promise<unknown> {
    if (this.#exit !== undefined) throw new Error(this.#obituary());
    this.#requests++;
    const id = this.#requests;
    const reply = await new Promise<Reply>((resolve) => {
      this.#pending.set(id, resolve);
      this.#process.send({ id, command });
    });
    if (reply.error === undefined) return reply.value;
    throw Object.assign(new Error(reply.error.message), { name: reply.error.name });
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.#process.kill(signal);
    return this.exited;
  }

  #receive(message: Message): void {
    if ('event' in message) {
      this.#events.push(message.event);
      this.#wake();
      return;
    }
    this.#pending.get(message.id)?.(message);
    this.#pending.delete(message.id);
  }

  #obituary(): string {
    const { code, signal } = this.#exit as Exit;
    return `the child ended with ${signal ?? code}; it wrote: ${this.#stderr}`;
  }
}

type Message = Reply | { readonly event: unknown };

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Starts `test/programs/<program>.js`; it is gone when the test is over. */
export function startChild(t: Teardown, program: string, options: ChildOptions = {}): Child {
  const inherited = Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name));
  const file = fileURLToPath(new URL(`../programs/${program}.js`, import.meta.url));
  const [execPath = process.execPath, ...before] = options.through ?? [];
  const node = options.through === undefined ? [] : [...before, process.execPath];
  const child = fork(file, [...(options.args ?? [])], {
    env: { ...Object.fromEntries(inherited), ...options.env },
    execPath,
    execArgv: [...node, '--enable-source-maps', ...(options.nodeArgs ?? [])],
    // NaN and infinities survive.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const started = new Child(child);
  t.teardown(async () => {
    child.kill('SIGKILL');
    await started.exited;
  });
  return started;
}
