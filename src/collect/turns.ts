/** Work that has not begun. */
interface Waiting {
  readonly result: Promise<unknown>;
  askers: number;
  /** How many want it still. */
  wanted: number;
  /** No longer listens for those who give up. */
  readonly begun: (() => void)[];
}

/** Lets one piece of work run at a time, in the order in which they were asked for. */
export class Turns {
  readonly #waiting = new Map<string, Waiting>();
  #last: Promise<unknown> = Promise.resolve();
  #busy = 0;

  /** Whether any work runs or waits. */
  get busy(): boolean {
    return this.#busy > 0;
  }

  /**
   * Work of the same key that has not begun yet is shared, and told so. Work whose every
   * asker has given up by then, by the signal, is not begun, and rejects with the reason of
   * the first.
   */
  take<T>(work: (shared: boolean) => Promise<T>, key?: string, signal?: AbortSignal): Promise<T> {
    if (key === undefined) return this.#enqueue(() => work(false));
    const shared = this.#waiting.get(key);
    if (shared !== undefined) {
      shared.askers++;
      want(shared, signal);
      return shared.result as Promise<T>;
    }
    const result = this.#enqueue(() => {
      this.#waiting.delete(key);
      for (const forget of waiting.begun) forget();
      if (waiting.wanted === 0) signal?.throwIfAborted();
      return work(waiting.askers > 1);
    });
    const waiting: Waiting = { result, askers: 1, wanted: 0, begun: [] };
    want(waiting, signal);
    this.#waiting.set(key, waiting);
    return result;
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    const result = this.#run(this.#last, work);
    // Whoever asked is told of a failure; the next does not depend on it.
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #run<T>(before: Promise<unknown>, work: () => Promise<T>): Promise<T> {
    await before;
    try {
      return await work();
    } finally {
      this.#busy--;
    }
  }
}

function want(waiting: Waiting, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) return;
  waiting.wanted++;
  if (signal === undefined) return;
  const giveUp = () => {
    waiting.wanted--;
  };
  signal.addEventListener('abort', giveUp, { once: true });
  waiting.begun.push(() => signal.removeEventListener('abort', giveUp));
}
