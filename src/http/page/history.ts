/** What was read at one moment. */
export interface Reading {
  readonly atMs: number;
  /** One number, or the cumulative counts of a histogram's buckets, its sum last. */
  readonly values: readonly number[];
}

/** Readings that are kept: ten minutes at a refresh every five seconds. */
const MAX_READINGS = 120;
/** Seconds over which rates and recent quantiles are taken. */
export const RECENT_SECONDS = 60;

/** What the page has read of one thing, oldest first. */
export class History {
  #readings: Reading[] = [];

  get last(): Reading | undefined {
    return this.#readings.at(-1);
  }

  add(atMs: number, values: readonly number[]): void {
    const { last } = this;
    if (last !== undefined) {
      if (atMs <= last.atMs) return;
      // Other buckets: what was before cannot be compared.
      if (last.values.length !== values.length) this.#readings = [];
    }
    this.#readings.push({ atMs, values });
    if (this.#readings.length > MAX_READINGS) this.#readings.shift();
  }

  /** The numbers that were read. */
  levels(): (readonly [atMs: number, value: number])[] {
    return this.#readings.map(({ atMs, values }) => [atMs, values[0] as number]);
  }

  /** By how much the number that only grows did so, per second, from each reading to the next. */
  rates(): (readonly [atMs: number, perSecond: number])[] {
    return this.#readings.slice(1).map(({ atMs, values }, i) => {
      const before = this.#readings[i] as Reading;
      const grown = growth(before.values[0] as number, values[0] as number);
      return [atMs, grown / ((atMs - before.atMs) / 1000)];
    });
  }

  /** Growth per second of late; undefined as long as there is one reading. */
  rate(): number | undefined {
    const recent = this.#recent();
    if (recent === undefined) return undefined;
    let grown = 0;
    for (let i = 1; i < recent.length; i++) {
      grown += growth(recent[i - 1]?.values[0] as number, recent[i]?.values[0] as number);
    }
    const [first, last] = [recent[0] as Reading, recent.at(-1) as Reading];
    return grown / ((last.atMs - first.atMs) / 1000);
  }

  /** Growth of all numbers of late; undefined where one is smaller than before, or nothing is known. */
  recentGrowth(): number[] | undefined {
    const recent = this.#recent();
    if (recent === undefined) return undefined;
    const [first, last] = [recent[0] as Reading, recent.at(-1) as Reading];
    const grown = last.values.map((value, i) => value - (first.values[i] as number));
    return grown.slice(0, -1).some((value) => value < 0) ? undefined : grown;
  }

  #recent(): Reading[] | undefined {
    const { last } = this;
    if (last === undefined) return undefined;
    const recent = this.#readings.filter(({ atMs }) => atMs >= last.atMs - RECENT_SECONDS * 1000);
    return recent.length < 2 ? this.#lastTwo() : recent;
  }

  /** Refreshed rarely, the last two say what they can. */
  #lastTwo(): Reading[] | undefined {
    return this.#readings.length < 2 ? undefined : this.#readings.slice(-2);
  }
}

/** What a number that is smaller than before was increased by since it began anew. */
function growth(before: number, after: number): number {
  return after < before ? after : after - before;
}

/** Milliseconds after which what is no longer read is forgotten. */
const FORGET_AFTER_MS = 15 * 60_000;

/** Histories by name. */
export class Histories {
  readonly #histories = new Map<string, History>();

  of(key: string): History {
    let history = this.#histories.get(key);
    if (history === undefined) {
      history = new History();
      this.#histories.set(key, history);
    }
    return history;
  }

  forget(nowMs: number): void {
    for (const [key, { last }] of this.#histories) {
      if (last === undefined || last.atMs < nowMs - FORGET_AFTER_MS) this.#histories.delete(key);
    }
  }
}
