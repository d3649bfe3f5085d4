// An application of several processes that knows nothing of the test, with the preload.
// Needs dist/ (`npm run build`).

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ask } from '../helpers/http.js';
import { samplesByKey } from '../helpers/page-samples.js';
import { type Teardown, temporaryDirectory } from '../helpers/temporary-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export const WORKERS = 3;
/** Requests after which every worker has answered one: the primary hands them out in turn. */
const MAX_REQUESTS = 60;

export type Samples = Readonly<Record<string, number>>;

export interface StartOptions {
  readonly backend: string;
  /** Options of Node.js besides the preload. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What test/wrappers/applications/witness.cjs tells. */
type Event =
  | { readonly listening: number; readonly port: number }
  | { readonly exited: number }
  | { readonly answered: number }
  | { readonly primary: number };

/** A file of test/wrappers/applications. */
export function applicationFile(name: string): string {
  return path.join(root, 'test/wrappers/applications', name);
}

/** What `process_max_fds` is of a process: Node.js raises its limit to the hard one, children inherit it. */
export function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number } };
  };
  return userLimits.open_files.soft;
}

export class RunningApplication {
  /** Where all workers listen. */
  #port: number | undefined;
  /** Where the primary listens, in an application that serves its page there. */
  #primaryPort: number | undefined;
  readonly #workers = new Set<number>();
  readonly #child: ChildProcess;
  /** Those that the test has killed. */
  readonly #victims = new Set<number>();
  #crashed = false;
  #answered = 0;
  #expected = 0;
  #output = '';

  /** Starts `node ...args`, ends it with the test, and gives it when all workers listen. */
  static async start(
    t: Teardown,
    args: readonly string[],
    { backend, nodeArgs = [], env = {} }: StartOptions,
  ): Promise<RunningApplication> {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const [file = '', ...rest] = args;
    const child = fork(file, rest, {
      cwd: root,
      execArgv: [
        ...['--import', 'prom-multiproc/register', ...nodeArgs],
        ...['--require', applicationFile('witness.cjs')],
      ],
      env: {
        ...inherited,
        PORT: '0',
        PROMETHEUS_MULTIPROC_DIR: temporaryDirectory(t),
        PROMETHEUS_MULTIPROC_BACKEND: backend,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that its workers can be ended with it.
      detached: true,
    });
    const application = new RunningApplication(child);
    t.teardown(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-(child.pid as number), 'SIGKILL');
      await once(child, 'close');
    });
    await application.#until(() => application.#workers.size === WORKERS);
    return application;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    child.on('message', (event: Event) => this.#note(event));
    child.on('exit', () => child.emit('noted'));
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  get workers(): ReadonlySet<number> {
    return this.#workers;
  }

  /** Sends requests, half of them at once, and waits until the workers are done with all of them. */
  async send(url: string, count: number): Promise<void> {
    const half = Math.floor(count / 2);
    await Promise.all(Array.from({ length: half }, () => this.#get(url)));
    for (let i = half; i < count; i++) await this.#get(url);
    await this.#allAnswered();
  }

  /** The page as each of the workers gives it. */
  async pages(url = '/metrics'): Promise<readonly Samples[]> {
    const pages = new Map<number, Samples>();
    for (let i = 0; i < MAX_REQUESTS && pages.size < WORKERS; i++) {
      const { from, body } = await this.#get(url);
      pages.set(from, samplesByKey(body));
    }
    await this.#allAnswered();
    if (pages.size < WORKERS) throw new Error(`only ${[...pages.keys()]} answered`);
    return [...pages.values()];
  }

  /** The page as the primary gives it. */
  async primaryPage(url = '/metrics'): Promise<Samples> {
    await this.#until(() => this.#primaryPort !== undefined);
    const { body } = await this.#get(url, this.#primaryPort);
    return samplesByKey(body);
  }

  /** Kills a worker with SIGKILL, and waits until another one listens in its place. */
  async killOne(): Promise<void> {
    const before = new Set(this.#workers);
    const [victim] = before as Set<number>;
    this.#victims.add(victim as number);
    process.kill(victim as number, 'SIGKILL');
    const isReplaced = () => !this.#workers.has(victim as number) && this.#workers.size === WORKERS;
    await this.#until(isReplaced);
  }

  async #get(url: string, port = this.#port): Promise<{ from: number; body: string }> {
    this.#expected++;
    const { status, headers, body } = await ask(`http://localhost:${port}${url}`);
    if (status !== 200) throw new Error(`${url}: ${status} ${body}\n${this.#output}`);
    return { from: Number(headers['x-process']), body };
  }

  #note(event: Event): void {
    if ('listening' in event) {
      this.#workers.add(event.listening);
      this.#port = event.port;
    } else if ('exited' in event) {
      this.#workers.delete(event.exited);
      this.#crashed ||= !this.#victims.has(event.exited);
    } else if ('primary' in event) this.#primaryPort = event.primary;
    else this.#answered++;
    this.#child.emit('noted');
  }

  #allAnswered(): Promise<void> {
    return this.#until(() => this.#answered === this.#expected);
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`it ended:\n${this.#output}`);
      if (this.#crashed) throw new Error(`a worker ended:\n${this.#output}`);
      await once(this.#child, 'noted');
    }
  }
}
