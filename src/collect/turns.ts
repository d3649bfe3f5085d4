/** Lets one piece of work run at a time, in the order in which they were asked for. */
export class Turns {
  readonly #waiting = new Map<string, Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();
  #busy = 0;

  /** Whether any work runs or waits. */
  get busy(): boolean {
    return this.#busy > 0;
  }

  /** Work of the same key that has not begun yet is shared. */
  take<T>(work: () => Promise<T>, key?: string): Promise<T> {
    const shared = key === undefined ? undefined : this.#waiting.get(key);
    if (shared !== undefined) return shared as Promise<T>;
    this.#busy++;
    const result = this.#run(this.#last, work, key);
    if (key !== undefined) this.#waiting.set(key, result);
    // Whoever asked is told of a failure; the next does not depend on it.
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #run<T>(before: Promise<unknown>, work: () => Promise<T>, key?: string): Promise<T> {
    await before;
    if (key !== undefined) this.#waiting.delete(key);
    try {
      return await work();
    } finally {
      this.#busy--;
    }
  }
}
