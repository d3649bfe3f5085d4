/** One scrape that holds a place among those in flight. */
export interface Scrape {
  /** Aborted when the time is over or the client has gone: the reason is the one of the two. */
  readonly cut: AbortSignal;
  /** The place is held until this has settled. */
  holdFor(work: Promise<unknown>): void;
  /** The answer is sent or given up. */
  end(): void;
}

/** Reason of a scrape that is cut off because its time is over. */
export const TIME_OVER = Symbol('the time is over');

/** Reason of a scrape that is cut off because nobody waits for it. */
export const GONE = Symbol('the client has gone');

/**
 * Counts scrapes in flight, and ends each when its time is over or its client has gone. A
 * scrape that was cut off keeps its place as long as work for it goes on, so that clients
 * that come and go cannot pile up work.
 */
export class Scrapes {
  readonly #max: number;
  readonly #timeoutMs: number;
  #inFlight = 0;

  constructor(max: number, timeoutMs: number) {
    this.#max = max;
    this.#timeoutMs = timeoutMs;
  }

  /** Undefined where there are as many as may be. */
  begin(gone: AbortSignal): Scrape | undefined {
    if (this.#inFlight >= this.#max) return undefined;
    this.#inFlight++;
    const cut = new AbortController();
    const onGone = () => cut.abort(GONE);
    const timer = setTimeout(() => cut.abort(TIME_OVER), this.#timeoutMs);
    gone.addEventListener('abort', onGone, { once: true });
    if (gone.aborted) onGone();
    let holders = 1;
    const leave = () => {
      holders--;
      if (holders === 0) this.#inFlight--;
    };
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      gone.removeEventListener('abort', onGone);
      leave();
    };
    // Whoever has the answer may have forgotten it.
    cut.signal.addEventListener('abort', end, { once: true });
    return {
      cut: cut.signal,
      holdFor(work) {
        holders++;
        work.then(leave, leave);
      },
      end,
    };
  }
}
