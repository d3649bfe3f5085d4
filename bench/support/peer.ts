import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';

interface Question {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a child offers its parent, by name. Arguments and results are what JSON can carry. */
export type Methods = { readonly [name: string]: (...args: never[]) => unknown };

/** This process's environment with these variables and none of its own for metrics. */
export function environmentWith(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^prometheus_/i.test(name));
  return { ...Object.fromEntries(inherited), ...env };
}

/** Which binary runs a child, and with which flags: this process's own and none by default. */
export interface PeerOptions {
  readonly execPath?: string;
  readonly execArgv?: string[];
}

/** A child process or a worker thread that answers one question after the other. */
export class Peer {
  readonly #child: ChildProcess | Worker;
  #asked = 0;
  #gone = false;

  private constructor(child: ChildProcess | Worker) {
    this.#child = child;
    child.once('exit', () => {
      this.#gone = true;
    });
  }

  /** Starts a module that calls `answer`, in a process of its own. */
  static process(
    module: URL,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    options: PeerOptions = {},
  ): Peer {
    return new Peer(fork(fileURLToPath(module), args, { ...options, env: environmentWith(env) }));
  }

  /** Starts a module that calls `answer`, in a thread of this process. */
  static thread(module: URL, args: readonly string[]): Peer {
    return new Peer(new Worker(module, { argv: [...args] }));
  }

  async call<T>(method: string, ...args: unknown[]): Promise<T> {
    const id = this.#asked++;
    const question: Question = { id, method, args };
    const ended = new AbortController();
    const answered = once(this.#child, 'message', ended).then(([message]) => message as Answer);
    const died = once(this.#child, 'exit', ended).then(([code, signal]): never => {
      throw new Error(`the child ended (${signal ?? code}) before it answered ${method}`);
    });
    try {
      if (this.#child instanceof Worker) this.#child.postMessage(question);
      else this.#child.send(question);
      const answer = await Promise.race([answered, died]);
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.value as T;
    } finally {
      for (const pending of [answered, died]) pending.catch(() => undefined);
      ended.abort();
    }
  }

  /** Ends the child and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#gone) return;
    if (this.#child instanceof Worker) {
      await this.#child.terminate();
      return;
    }
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}

/** Answers the parent's questions in this process or thread until the parent hangs up. */
export function answer(methods: Methods): void {
  const reply = (answer: Answer) =>
    parentPort === null ? process.send?.(answer) : parentPort.postMessage(answer);
  (parentPort ?? process).on('message', async (question: Question) => {
    const { id, method, args } = question;
    try {
      const call = methods[method] as ((...args: unknown[]) => unknown) | undefined;
      if (call === undefined) throw new Error(`no method ${method}`);
      reply({ id, value: await call(...args) });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      reply({ id, error: text });
    }
  });
}
