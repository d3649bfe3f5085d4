import { COLLECT_CALLBACK_TIMEOUT_MS } from '../limits.js';
import type { Computed, ThreadState } from '../state.js';

/**
 * Runs the `collect` callbacks of this thread's metrics, all at once. One that throws,
 * rejects or takes too long costs its metric the update and nothing else.
 */
export async function runCallbacks(
  state: ThreadState,
  wanted: (metric: Computed) => boolean,
): Promise<void> {
  const pending: Promise<void>[] = [];
  for (const metric of state.computed) {
    if (!wanted(metric)) continue;
    try {
      const result = metric.runCollect();
      if (isThenable(result)) pending.push(inTime(metric.name, result));
    } catch (error) {
      state.report(callbackError(metric.name, error));
    }
  }
  for (const outcome of await Promise.allSettled(pending)) {
    if (outcome.status === 'rejected') state.report(outcome.reason);
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
  const reason = cause instanceof Error ? cause.message : String(cause);
  const error = new Error(`The collect callback of ${name} failed: ${reason}`, { cause });
  return Object.assign(error, { code: 'collect_callback' });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
