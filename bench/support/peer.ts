import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

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

/** A child process that answers one question after the other. */
export class Peer {
  readonly #child: ChildProcess;
  #asked = 0;

  /** Starts a module that calls `answer`. */
  constructor(module: URL, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = fork(fileURLToPath(module), args, { env: environmentWith(env) });
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
      this.#child.send(question);
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
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}

/** Answers the parent's questions in this child process until the parent hangs up. */
export function answer(methods: Methods): void {
  process.on('message', async (question: Question) => {
    const { id, method, args } = question;
    try {
      const call = methods[method] as ((...args: unknown[]) => unknown) | undefined;
      if (call === undefined) throw new Error(`no method ${method}`);
      process.send?.({ id, value: await call(...args) } satisfies Answer);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ id, error: text } satisfies Answer);
    }
  });
}
