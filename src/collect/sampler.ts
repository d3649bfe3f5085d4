import { provideSampling, type ThreadState } from '../state.js';
import { threadShared } from '../thread-shared.js';
import { Callbacks } from './callbacks.js';

/** How much longer or shorter than the period the time between two rounds may be. */
const JITTER = 0.1;

export interface SamplerOptions {
  /** Mean time between two rounds, in milliseconds. */
  readonly periodMs: number;
  /** One round. */
  readonly sample: () => void;
  /** Whether there is anything to sample: without it the sampler rests until the next `start`. */
  readonly isNeeded: () => boolean;
  /** Calls back once after so many milliseconds, and keeps no process alive for it. */
  readonly schedule?: (callback: () => void, delayMs: number) => void;
  /** Like `Math.random`. */
  readonly random?: () => number;
}

/**
 * Calls `sample` again and again. The first round comes at a random moment of the first
 * period and the others about a period apart, so that processes that began together do
 * not all sample at once.
 */
export class Sampler {
  readonly #options: Required<SamplerOptions>;
  #scheduled = false;

  constructor(options: SamplerOptions) {
    this.#options = { schedule: scheduleUnreferenced, random: Math.random, ...options };
  }

  /** Begins, or begins again after a rest. Does nothing where it runs. */
  start(): void {
    if (this.#scheduled) return;
    const { periodMs, random } = this.#options;
    this.#schedule(periodMs * random());
  }

  #schedule(delayMs: number): void {
    this.#scheduled = true;
    this.#options.schedule(() => this.#round(), delayMs);
  }

  #round(): void {
    const { periodMs, random, sample, isNeeded } = this.#options;
    this.#scheduled = false;
    if (!isNeeded()) return;
    this.#schedule(periodMs * (1 + JITTER * (2 * random() - 1)));
    sample();
  }
}

function scheduleUnreferenced(callback: () => void, delayMs: number): void {
  setTimeout(callback, delayMs).unref();
}

/** The callbacks of this thread's metrics. */
export function threadCallbacks(state: ThreadState): Callbacks {
  return threadShared('callbacks', () => new Callbacks(state));
}

/**
 * Lets a thread with a directory keep its computed metrics up to date for the pages of
 * others, as soon as it has one, and at its end.
 */
export function connectSampling(): void {
  provideSampling((state) => {
    if (state.directory === undefined || state.sampleMs === 0) return;
    threadSampler(state).start();
  });
}

function threadSampler(state: ThreadState): Sampler {
  return threadShared('sampler', () => {
    const callbacks = threadCallbacks(state);
    process.on('exit', () => callbacks.sampleAtExit());
    return new Sampler({
      periodMs: state.sampleMs,
      sample: () => callbacks.sample(),
      isNeeded: () => state.computed.size > 0,
    });
  });
}
