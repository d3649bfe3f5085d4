import type { CollectOptions, Family, Sample } from '../../src/index.js';
import { type Child, startChild } from './children.js';
import type { Command, MetricClass, MetricConfig } from './commands.js';
import { type Teardown, temporaryDirectory } from './temporary-directory.js';

/** Whoever carries out commands: a process, or a thread of one. */
export class Writer {
  readonly #send: (command: Command) => Promise<unknown>;

  constructor(send: (command: Command) => Promise<unknown>) {
    this.#send = send;
  }

  async make(type: MetricClass, config: Partial<MetricConfig> & { name: string }): Promise<void> {
    await this.#send({ do: 'make', type, config: { help: 'Some help.', ...config } });
  }

  async call(metric: string, method: string, ...args: unknown[]): Promise<void> {
    await this.#send({ do: 'call', metric, method, args });
  }

  async collect(options: CollectOptions = {}): Promise<string> {
    return (await this.#send({ do: 'collect', options })) as string;
  }

  async families(options: CollectOptions = {}): Promise<Family[]> {
    return (await this.#send({ do: 'families', options })) as Family[];
  }

  /** The page of a `new Collector(options)`. */
  async collectorPage(options: { dir?: string } = {}): Promise<string> {
    return (await this.#send({ do: 'collector', options })) as string;
  }

  async mark(pid: number, dir?: string): Promise<void> {
    await this.#send({ do: 'mark', pid, ...(dir !== undefined && { dir }) });
  }

  /** Folds dead writers into the archive: how many. */
  async compact(): Promise<number> {
    return (await this.#send({ do: 'compact' })) as number;
  }

  async resetDirectory(): Promise<number> {
    return (await this.#send({ do: 'reset directory' })) as number;
  }

  async removeMetric(name: string): Promise<void> {
    await this.#send({ do: 'remove metric', name });
  }

  async clearRegistry(): Promise<void> {
    await this.#send({ do: 'clear' });
  }

  /** Gives the thread's writer a stable name. */
  async rename(name: string): Promise<void> {
    await this.#send({ do: 'rename', name });
  }

  async warnings(): Promise<string[]> {
    return (await this.#send({ do: 'warnings' })) as string[];
  }

  /** All samples of one family, in the page's order. */
  async samples(name: string): Promise<readonly Sample[]> {
    const families = await this.families({ names: [name] });
    return families.find((family) => family.name === name)?.samples ?? [];
  }

  /** The value of one sample; undefined where the page has none. */
  async value(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    return sampleValue(await this.families({ names: [name] }), name, labels);
  }
}

/** A writer that is a process of its own. */
export class WriterProcess extends Writer {
  readonly child: Child;

  constructor(child: Child) {
    super((command) => child.request(command));
    this.child = child;
  }

  get pid(): number {
    return this.child.pid;
  }

  get label(): string {
    return String(this.child.pid);
  }

  kill(): Promise<unknown> {
    return this.child.kill('SIGKILL');
  }
}

/** One directory, several writers, and a process that only reads. */
export interface Scene {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  start(env?: Readonly<Record<string, string>>): WriterProcess;
  readonly reader: WriterProcess;
}

export function openScene(t: Teardown, backend: string, dir = temporaryDirectory(t)): Scene {
  const env = { PROMETHEUS_MULTIPROC_DIR: dir, PROMETHEUS_MULTIPROC_BACKEND: backend };
  const start: Scene['start'] = (more) =>
    new WriterProcess(startChild(t, 'writer', { env: { ...env, ...more } }));
  let reader: WriterProcess | undefined;
  return {
    dir,
    env,
    start,
    get reader() {
      reader ??= start();
      return reader;
    },
  };
}

export function sampleValue(
  families: readonly Family[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = identity(labels);
  for (const { samples } of families) {
    const found = samples.find((s) => s.name === name && identity(s.labels) === wanted);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** Text that is equal for equal label sets. */
export function identity(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
