import { errorCode } from '../errors.js';
import { COMPACT_INTERVAL_MS } from '../limits.js';
import { nowMs } from '../processes/clock.js';
import {
  type CompactionResult,
  type CompactionTools,
  compactDirectory,
} from '../processes/compaction.js';
import { createObserver } from '../processes/liveness.js';
import { type ThreadState, threadState } from '../state.js';
import { threadShared } from '../thread-shared.js';

/** Errors that say: this process may read here, not write. Then others compact. */
const MAY_NOT_WRITE = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Folds dead writers of one directory into its archive: see `compactDirectory`. */
export function compactOnce(
  directory: string,
  state: ThreadState = threadState(),
): Promise<CompactionResult | undefined> {
  return compactDirectory(directory, compactionTools(state));
}

/** What this thread compacts with. */
export function compactionTools(state: ThreadState = threadState()): CompactionTools {
  return {
    backend: state.backend().backend,
    observer: createObserver(state.identity, nowMs, state.staleAfterMs),
    onError: (error) => state.report(error),
  };
}

/** Compacts directories in the background, each once at a time and not too often. */
export class BackgroundCompactor {
  readonly #state: ThreadState;
  readonly #running = new Set<string>();
  readonly #beganMs = new Map<string, number>();
  readonly #readOnly = new Set<string>();

  constructor(state: ThreadState) {
    this.#state = state;
  }

  /** Dead writers were seen in a directory: compacts it soon, if this process may write there. */
  request(directory: string): void {
    if (this.#running.has(directory) || this.#readOnly.has(directory)) return;
    const began = this.#beganMs.get(directory) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - began < COMPACT_INTERVAL_MS) return;
    this.#running.add(directory);
    this.#beganMs.set(directory, performance.now());
    // After what is going on now, such as the answer to a scrape.
    setImmediate(() => void this.#run(directory));
  }

  async #run(directory: string): Promise<void> {
    let again = false;
    try {
      const result = await compactOnce(directory, this.#state);
      // What one round leaves is not for the next scrape to wait for.
      again = result !== undefined && result.left > 0 && result.absorbed > 0;
    } catch (error) {
      const code = errorCode(error);
      if (MAY_NOT_WRITE.has(code)) this.#readOnly.add(directory);
      else if (code !== 'ENOENT') this.#state.report(error);
    }
    if (again) setImmediate(() => void this.#run(directory));
    else this.#running.delete(directory);
  }
}

/** This thread's background compactor. */
export function backgroundCompactor(): BackgroundCompactor {
  return threadShared('background compactor', () => new BackgroundCompactor(threadState()));
}
