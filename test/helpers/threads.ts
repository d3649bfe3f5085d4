import { startChild } from './children.js';
import type { Command } from './commands.js';
import { type Scene, Writer, WriterProcess } from './scene.js';
import type { Teardown } from './temporary-directory.js';

/** What the program `threads` does besides commands of its main thread. */
export type ThreadCommand =
  | { readonly do: 'spawn' }
  | { readonly do: 'forward'; readonly thread: number; readonly command: Command }
  | { readonly do: 'end'; readonly thread: number; readonly how: 'exit' | 'terminate' };

/** A process whose main thread and worker threads are writers. */
export class ThreadedProcess extends WriterProcess {
  async spawn(): Promise<Thread> {
    const threadId = (await this.child.request({ do: 'spawn' })) as number;
    return new Thread(this, threadId);
  }
}

/** A worker thread that carries out commands. */
export class Thread extends Writer {
  /** What the label `pid` says of it. */
  readonly label: string;
  readonly #end: (how: 'exit' | 'terminate') => Promise<unknown>;

  constructor({ child }: ThreadedProcess, threadId: number) {
    super((command) => child.request({ do: 'forward', thread: threadId, command }));
    this.label = `${child.pid}-${threadId}`;
    this.#end = (how) => child.request({ do: 'end', thread: threadId, how });
  }

  /** Ends with `process.exit()` in the thread. */
  async exit(): Promise<void> {
    await this.#end('exit');
  }

  /** Ends with `worker.terminate()`: nothing of it runs any more. */
  async terminate(): Promise<void> {
    await this.#end('terminate');
  }
}

export function startThreads(
  t: Teardown,
  scene: Scene,
  env: Readonly<Record<string, string>> = {},
): ThreadedProcess {
  return new ThreadedProcess(startChild(t, 'threads', { env: { ...scene.env, ...env } }));
}
