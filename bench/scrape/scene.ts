import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, environmentOf } from '../support/client.js';
import { Peer, type PeerOptions } from '../support/peer.js';
import type { Workload } from '../workloads.js';

const WRITER = new URL('./writer.js', import.meta.url);
const CROWD = new URL('./crowd.js', import.meta.url);
const COLLECTING = new URL('./collecting.js', import.meta.url);

const THREADS_PER_PROCESS = 32;

/** A directory with processes of a workload that write into it. End it with `stop`. */
export class Scene {
  readonly directory = mkdtempSync(join(tmpdir(), 'prom-multiproc-bench-'));
  readonly #env: Readonly<Record<string, string>>;
  readonly #writers: Peer[] = [];
  readonly #collectors: Peer[] = [];

  constructor(backend: Backend) {
    this.#env = environmentOf(backend, this.directory);
  }

  /** Starts a workload's writers, each a process of its own, without the first `but`. */
  startProcesses(workload: Workload, but = 0): void {
    for (let proc = but; proc < workload.procs; proc++) {
      this.#start(WRITER, workload, proc);
    }
  }

  /** Starts a workload's writers, and returns the first of them, which scrapes too. */
  startServing(workload: Workload): Peer {
    this.startProcesses(workload, 1);
    return this.#startCollecting([workload, 0], {});
  }

  /** Starts a workload's writers as threads of a few processes. */
  startThreads(workload: Workload): void {
    for (let from = 0; from < workload.procs; from += THREADS_PER_PROCESS) {
      this.#start(CROWD, workload, from, Math.min(THREADS_PER_PROCESS, workload.procs - from));
    }
  }

  /** Makes the files of a workload's dead writers, which come after its live ones. */
  async leaveDead({ dead = 0, ...workload }: Workload): Promise<void> {
    for (let i = 0; i < dead; i += THREADS_PER_PROCESS) {
      this.#start(CROWD, workload, workload.procs + i, Math.min(THREADS_PER_PROCESS, dead - i));
      await this.change(0);
      await this.endWriters();
    }
  }

  /** A process that scrapes. */
  startCollector(options?: PeerOptions): Peer {
    return this.#startCollecting([], options);
  }

  #startCollecting(args: readonly unknown[], options?: PeerOptions): Peer {
    const texts = args.map((argument) => JSON.stringify(argument));
    const collector = Peer.process(COLLECTING, texts, this.#env, options);
    this.#collectors.push(collector);
    return collector;
  }

  /** Changes every value in all writers but one that scrapes, or one series in `every`. */
  async change(turn: number, every = 1): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.call('change', turn, every)));
  }

  /** Begins a series in one writer. */
  async grow(turn: number): Promise<void> {
    await this.#writers[0]?.call('grow', turn);
  }

  /** Ends the writers, as a crash would: what they wrote stays. */
  async endWriters(): Promise<void> {
    await Promise.all(this.#writers.splice(0).map((writer) => writer.stop()));
  }

  /** Ends all processes and removes the directory. */
  async stop(): Promise<void> {
    await this.endWriters();
    await Promise.all(this.#collectors.map((collector) => collector.stop()));
    rmSync(this.directory, { recursive: true });
  }

  #start(program: URL, workload: Workload, ...numbers: number[]): void {
    const args = [workload, ...numbers].map((argument) => JSON.stringify(argument));
    this.#writers.push(Peer.process(program, args, this.#env));
  }
}
