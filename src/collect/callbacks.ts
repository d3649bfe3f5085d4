import { errorMessage } from '../errors.js';
import { COLLECT_CALLBACK_TIMEOUT_MS } from '../limits.js';
import type { Computed, ThreadState } from '../state.js';

/** One callback that has not ended. */
interface Run {
  readonly result: PromiseLike<unknown>;
  /** Somebody was told that it takes long. */
  told: boolean;
}

/**
 * Runs the `collect` callbacks of a thread's metrics: for pages, in rounds of sampling,
 * and at the end of the thread. One that throws, rejects or takes too long costs its
 * metric the update and nothing else.
 */
export class Callbacks {
  readonly #state: Pick<ThreadState, 'computed' | 'report'>;
  /** The last run of each metric whose callback has not ended. */
  readonly #running = new Map<Computed, Run>();
  /** Brought up to date by a page since the last round. */
  #fresh = new WeakSet<Computed>();
  /** Those whose callback has given a promise: at the end nobody waits for one. */
  readonly #asynchronous = new WeakSet<Computed>();

  constructor(state: Pick<ThreadState, 'computed' | 'report'>) {
    this.#state = state;
  }

  /** Brings the metrics of a page up to date, all at once, and waits for those that take their time. */
  async forPage(wanted: (metric: Computed) => boolean): Promise<void> {
    if (this.#state.computed.size === 0) return;
    const pending: Promise<void>[] = [];
    for (const metric of this.#state.computed) {
      if (!wanted(metric)) continue;
      this.#fresh.add(metric);
      const result = this.#begin(metric);
      if (result !== undefined) pending.push(inTime(metric.name, result));
    }
    for (const outcome of await Promise.allSettled(pending)) {
      if (outcome.status === 'rejected') this.#state.report(outcome.reason);
    }
  }

  /**
   * One round of sampling: begins the callback of every metric but those that a page
   * has brought up to date since the last round and those whose callback still runs.
   */
  sample(): void {
    const fresh = this.#fresh;
    this.#fresh = new WeakSet();
    for (const metric of this.#state.computed) {
      if (fresh.has(metric) || this.#stillRuns(metric)) continue;
      this.#begin(metric)?.then(undefined, (error: unknown) =>
        this.#state.report(callbackError(metric.name, error)),
      );
    }
  }

  /** The last round: a promise would have nobody left to wait for it. */
  sampleAtExit(): void {
    for (const metric of this.#state.computed) {
      if (this.#running.has(metric) || this.#asynchronous.has(metric)) continue;
      this.#begin(metric);
    }
  }

  /** What the callback gave to wait for, if anything. */
  #begin(metric: Computed): PromiseLike<unknown> | undefined {
    try {
      const result = metric.runCollect();
      if (!isThenable(result)) return undefined;
      this.#asynchronous.add(metric);
      const run: Run = { result, told: false };
      const ended = () => {
        if (this.#running.get(metric) === run) this.#running.delete(metric);
      };
      this.#running.set(metric, run);
      result.then(ended, ended);
      return result;
    } catch (error) {
      this.#state.report(callbackError(metric.name, error));
      return undefined;
    }
  }

  /** Whether the callback has not ended; says so once for each run that a round finds so. */
  #stillRuns(metric: Computed): boolean {
    const run = this.#running.get(metric);
    if (run === undefined) return false;
    if (!run.told) {
      run.told = true;
      this.#state.report(callbackError(metric.name, 'it has not ended since the last round'));
    }
    return true;
  }
}

async function inTime(name: string, result: PromiseLike<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it took longer than ${COLLECT_CALLBACK_TIMEOUT_MS} ms`)),
      COLLECT_CALLBACK_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([result, timeout]);
  } catch (error) {
    throw callbackError(name, error);
  } finally {
    clearTimeout(timer);
  }
}

function callbackError(name: string, cause: unknown): Error {
  const whose = name === '' ? 'a metric without a name' : name;
  const error = new Error(`The collect callback of ${whose} failed: ${errorMessage(cause)}`, {
    cause,
  });
  return Object.assign(error, { code: 'collect_callback' });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
