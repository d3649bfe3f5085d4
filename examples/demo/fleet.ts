import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { request } from './request.js';
import type { Ready, Status } from './worker.js';

/** One worker that takes requests. */
export interface Member extends Ready {
  readonly worker: Worker;
  readonly pid: number;
}

/** The workers of this cluster. Each method ends when what it says has happened. */
export class Fleet {
  readonly #port: number;
  readonly #members = new Map<number, Member>();
  #stopping = false;

  /** `port`: of the port that workers share; 0 for any. */
  constructor(port: number) {
    this.#port = port;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Whether workers end because they are told to. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get sharedPort(): number {
    return (this.members[0] as Member).sharedPort;
  }

  /** @throws Error when the worker ends before it takes requests */
  async start(): Promise<Member> {
    const worker = cluster.fork({ DEMO_PORT: this.#port });
    const died = once(worker, 'exit').then(([code]) => {
      throw new Error(`a worker ended with ${code} before it took requests`);
    });
    const [ready] = (await Promise.race([once(worker, 'message'), died])) as [Ready];
    const member = { ...ready, worker, pid: worker.process.pid as number };
    this.#members.set(worker.id, member);
    worker.once('exit', () => this.#members.delete(worker.id));
    return member;
  }

  /** Ends a worker in a way it cannot notice. */
  async kill({ worker }: Member): Promise<void> {
    const gone = once(worker, 'exit');
    worker.process.kill('SIGKILL');
    await gone;
  }

  /**
   * What each worker says of itself. An answer also means that the worker is through with
   * all it did for answers that came before: its metrics are in its file.
   */
  async statuses(): Promise<Status[]> {
    const agent = new Agent();
    return Promise.all(
      this.members.map(async ({ ownPort }) => {
        const { body } = await request(ownPort, '/status', agent);
        return JSON.parse(body) as Status;
      }),
    );
  }

  /** Ends all workers, those that are just starting too. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const workers = Object.values(cluster.workers ?? {}) as Worker[];
    await Promise.all(
      workers.map(async (worker) => {
        if (worker.isDead()) return;
        const gone = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await gone;
      }),
    );
  }
}
