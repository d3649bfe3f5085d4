import type { Teardown } from './temporary-directory.js';

const TICK_MS = 50;

/**
 * Watches how late this process gets the processor. Where it had to wait long, so had others:
 * the machine was busy with something else, or stood still.
 */
export class Lateness {
  readonly #waits: { readonly fromMs: number; readonly toMs: number }[] = [];
  #lastMs = Date.now();

  constructor(t: Teardown) {
    const timer = setInterval(() => {
      const now = Date.now();
      this.#waits.push({ fromMs: this.#lastMs + TICK_MS, toMs: now });
      this.#lastMs = now;
    }, TICK_MS);
    t.teardown(() => clearInterval(timer));
  }

  /** Milliseconds of the longest wait between, or partly between, two times. */
  longest(fromMs: number, toMs: number): number {
    const overlapping = this.#waits.filter((wait) => wait.fromMs <= toMs && wait.toMs >= fromMs);
    return Math.max(0, ...overlapping.map((wait) => wait.toMs - wait.fromMs));
  }
}
