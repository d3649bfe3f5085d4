import process from 'node:process';
import {
  type CollectOptions,
  Collector,
  type CollectorOptions,
  Counter,
  collect,
  collectFamilies,
  compact,
  Gauge,
  type GaugeMode,
  Histogram,
  markProcessDead,
  Registry,
  register,
  resetDirectory,
  Summary,
  setWriterName,
} from '../../src/index.js';
import type { Reply } from './children.js';

/** What a test can ask of the program `writer`. */
export type Command =
  | { readonly do: 'make'; readonly type: MetricClass; readonly config: MetricConfig }
  | { readonly do: 'call'; readonly metric: string; readonly method: string; args: unknown[] }
  | { readonly do: 'collect'; readonly options?: CollectOptions }
  | { readonly do: 'families'; readonly options?: CollectOptions }
  | { readonly do: 'collector'; readonly options?: CollectorOptions }
  | { readonly do: 'mark'; readonly pid: number; readonly dir?: string }
  | { readonly do: 'compact' }
  | { readonly do: 'reset directory' }
  /** Of the default registry. */
  | { readonly do: 'remove metric'; readonly name: string }
  | { readonly do: 'clear' }
  | { readonly do: 'rename'; readonly name: string }
  | { readonly do: 'warnings' }
  /** `process.exit()`: in a worker thread it ends the thread. Nothing is answered. */
  | { readonly do: 'exit' };

const CLASSES = { Counter, Gauge, Histogram, Summary };
export type MetricClass = keyof typeof CLASSES;

export interface MetricConfig {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
  readonly buckets?: number[];
  readonly multiprocessMode?: GaugeMode;
  readonly enableExemplars?: boolean;
}

/** A channel to the test: a process or a thread has one. */
export interface Port {
  on(event: 'message', listener: (message: never) => void): unknown;
  send(message: unknown): void;
}

const openMetrics = Registry.OPENMETRICS_CONTENT_TYPE as never;

type Metrics = Map<string, Record<string, (...args: unknown[]) => unknown>>;

/**
 * Answers commands one turn of the event loop after they are carried out: what is
 * answered has left the process on every backend.
 */
export function serveCommands(
  port: Port,
  others: (command: never) => Promise<unknown> = async (command) => {
    throw new Error(`unknown command ${JSON.stringify(command)}`);
  },
): void {
  const metrics: Metrics = new Map();
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));

  port.on('message', async ({ id, command }: { id: number; command: Command }) => {
    let reply: Reply;
    try {
      reply = { id, value: await carryOut(command) };
    } catch (error) {
      const { name, message } = error as Error;
      reply = { id, error: { name, message } };
    }
    setImmediate(() => port.send(reply));
  });

  async function carryOut(command: Command): Promise<unknown> {
    switch (command.do) {
      case 'make':
        // Only such a registry takes exemplars, as in prom-client; it changes no page of `collect`.
        if (command.config.enableExemplars) register.setContentType(openMetrics);
        metrics.set(command.config.name, new CLASSES[command.type](command.config) as never);
        return undefined;
      case 'call': {
        const metric = metrics.get(command.metric);
        if (metric === undefined) throw new Error(`no metric ${command.metric} was made`);
        metric[command.method]?.(...command.args);
        return undefined;
      }
      case 'collect':
        return collect(command.options);
      case 'families':
        return collectFamilies(command.options);
      case 'collector':
        return collectOnce(command.options);
      case 'mark':
        markProcessDead(command.pid, command.dir);
        return undefined;
      case 'compact':
        return compact();
      case 'reset directory':
        return resetDirectory();
      case 'remove metric':
        return register.removeSingleMetric(command.name);
      case 'clear':
        return register.clear();
      case 'rename':
        return setWriterName(command.name);
      case 'warnings':
        return warnings;
      case 'exit':
        return process.exit();
      default:
        return others(command);
    }
  }
}

/** What an explicit collector gives. */
async function collectOnce(options: CollectorOptions | undefined): Promise<string> {
  const collector = new Collector(options);
  try {
    return await collector.collect();
  } finally {
    collector.close();
  }
}
