// A process whose worker threads carry out commands, each as a writer of its own.

import { once } from 'node:events';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { Reply } from '../helpers/children.js';
import { serveCommands } from '../helpers/commands.js';
import type { ThreadCommand } from '../helpers/threads.js';

const threads = new Map<number, Thread>();

class Thread {
  readonly worker = new Worker(new URL('./writer.js', import.meta.url));
  readonly #pending = new Map<number, (reply: Reply) => void>();
  #requests = 0;

  constructor() {
    this.worker.on('message', (reply: Reply) => {
      this.#pending.get(reply.id)?.(reply);
      this.#pending.delete(reply.id);
    });
  }

  async request(command: unknown): Promise<unknown> {
    this.#requests++;
    const id = this.#requests;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, resolve);
      this.worker.once('error', reject);
      this.worker.postMessage({ id, command });
    });
    if (reply.error !== undefined) throw new Error(reply.error.message);
    return reply.value;
  }

  async end(how: 'exit' | 'terminate'): Promise<void> {
    const ended = once(this.worker, 'exit');
    if (how === 'terminate') await this.worker.terminate();
    else this.worker.postMessage({ id: 0, command: { do: 'exit' } });
    await ended;
  }
}

serveCommands(
  {
    on: (_event, listener) => process.on('message', listener as (message: unknown) => void),
    send: (message) => process.send?.(message),
  },
  async (command: ThreadCommand) => {
    if (command.do === 'spawn') {
      const thread = new Thread();
      threads.set(thread.worker.threadId, thread);
      return thread.worker.threadId;
    }
    const thread = threads.get(command.thread);
    if (thread === undefined) throw new Error(`no thread ${command.thread}`);
    return command.do === 'end' ? thread.end(command.how) : thread.request(command.command);
  },
);
