import { setTimeout as delay } from 'node:timers/promises';
import type { Family } from '../../src/index.js';
import { startChild } from './children.js';
import { WriterProcess } from './scene.js';
import type { Teardown } from './temporary-directory.js';

/** What a test can ask of the program `faulty`, besides what `writer` does. */
export type FaultCommand =
  /** Adds i to counter series i, 2 to each gauge series, and observes 1.5 in each histogram series. */
  | { readonly do: 'count'; readonly series: number }
  | { readonly do: 'take descriptors' }
  | { readonly do: 'give descriptors back' }
  | { readonly do: 'memory' };

/** Heartbeats often enough that nobody waits for one. */
const HEARTBEAT_MS = 50;
/** Polls of a condition before it counts as never met: some hundred heartbeats. */
const MAX_POLLS = 400;

/** A whole application that counts many series, and knows what it has counted. */
export class Application extends WriterProcess {
  #series = 0;
  #rounds: number[] = [];

  /** Counts once in each of the first `series` series of three metrics. */
  async count(series: number): Promise<void> {
    await this.#ask({ do: 'count', series });
    this.#rounds.push(series);
    this.#series = Math.max(this.#series, series);
  }

  async takeDescriptors(): Promise<number> {
    return (await this.#ask({ do: 'take descriptors' })) as number;
  }

  async giveDescriptorsBack(): Promise<void> {
    await this.#ask({ do: 'give descriptors back' });
  }

  async memory(): Promise<NodeJS.MemoryUsage> {
    return (await this.#ask({ do: 'memory' })) as NodeJS.MemoryUsage;
  }

  /** Every sample of what was counted, by name and labels. */
  get counted(): ReadonlyMap<string, number> {
    const samples = new Map<string, number>();
    for (let i = 0; i < this.#series; i++) {
      const times = this.#rounds.filter((series) => i < series).length;
      const label = `series ${i}`;
      samples.set(`many_total ${label}`, i * times);
      samples.set(`level ${label}`, 2 * times);
      for (const le of ['1', '2', '+Inf']) {
        samples.set(`took_bucket ${label} ${le}`, le === '1' ? 0 : times);
      }
      samples.set(`took_sum ${label}`, 1.5 * times);
      samples.set(`took_count ${label}`, times);
    }
    return samples;
  }

  #ask(command: FaultCommand): Promise<unknown> {
    return this.child.request(command);
  }
}

export interface ApplicationOptions {
  readonly through?: readonly string[];
}

export function startApplication(
  t: Teardown,
  backend: string,
  dir: string,
  options: ApplicationOptions = {},
): Application {
  const env = {
    PROMETHEUS_MULTIPROC_DIR: dir,
    PROMETHEUS_MULTIPROC_BACKEND: backend,
    PROMETHEUS_MULTIPROC_HEARTBEAT_MS: String(HEARTBEAT_MS),
  };
  return new Application(startChild(t, 'faulty', { env, ...options }));
}

/** The samples of a page that `Application.count` has counted. */
export async function shownBy(page: WriterProcess): Promise<Map<string, number>> {
  return manySamples(await page.families({ names: ['many_total', 'level', 'took'] }));
}

function manySamples(families: readonly Family[]): Map<string, number> {
  const shown = new Map<string, number>();
  for (const { samples } of families) {
    for (const { name, labels, value } of samples) {
      shown.set(`${name} ${Object.values(labels).join(' ')}`, value);
    }
  }
  return shown;
}

/** The first sample that shows more than was counted, as text. */
export function firstExcess(
  shown: ReadonlyMap<string, number>,
  counted: ReadonlyMap<string, number>,
): string | undefined {
  for (const [sample, value] of shown) {
    const limit = counted.get(sample) ?? 0;
    if (value > limit) return `${sample} is ${value}; ${limit} was counted`;
  }
  return undefined;
}

/** The first sample that does not show what was counted, as text. */
export function firstDifference(
  shown: ReadonlyMap<string, number>,
  counted: ReadonlyMap<string, number>,
): string | undefined {
  for (const [sample, value] of counted) {
    if (shown.get(sample) !== value) return `${sample} is ${shown.get(sample)} and not ${value}`;
  }
  return firstExcess(shown, counted);
}

/**
 * Reads the page of another process until it shows all that was counted.
 *
 * @throws Error when it shows more at any time, or never shows all
 */
export async function showsAll(page: WriterProcess, application: Application): Promise<void> {
  const { counted } = application;
  await eventually(async () => {
    const shown = await shownBy(page);
    const excess = firstExcess(shown, counted);
    if (excess !== undefined) throw new Error(excess);
    return firstDifference(shown, counted);
  });
}

/** Asks until there is nothing left to say. @throws Error with what was said last */
export async function eventually(missing: () => Promise<string | undefined>): Promise<void> {
  let last: string | undefined;
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    last = await missing();
    if (last === undefined) return;
    await delay(HEARTBEAT_MS / 2);
  }
  throw new Error(`after ${MAX_POLLS} polls: ${last}`);
}
