import { resolve } from 'node:path';
import { backgroundCompactor } from '../collect/compactor.js';
import { errorCode } from '../errors.js';
import { nowMs } from '../processes/clock.js';
import { createObserver } from '../processes/liveness.js';
import { markEnded, markFiles } from '../processes/mark.js';
import { type ThreadState, threadState } from '../state.js';

/**
 * Says that a process is gone: its live gauges leave the page at once. Its counters,
 * histograms and other gauges stay. Synchronous, may be called any number of times,
 * from any process of the same host and from any exit hook; a pid that has written
 * nothing is fine. Without it the death is noticed all the same, at the next scrape.
 *
 * Never throws for a reason of I/O: what fails is counted in `prom_multiproc_errors_total`.
 *
 * @param dir the directory, `PROMETHEUS_MULTIPROC_DIR` where not given
 */
export function markProcessDead(pid: number, dir?: string): void {
  mark(dir, (directory, { identity }, onError) => markFiles(directory, pid, identity, onError));
}

/**
 * The same for every process that has ended, whoever was told of it: for hooks that hear
 * of an end and not whose it was.
 */
export function markEndedProcesses(dir?: string): void {
  mark(dir, (directory, { identity, staleAfterMs }, onError) =>
    markEnded(directory, createObserver(identity, nowMs, staleAfterMs), onError),
  );
}

type MarkIn = (directory: string, state: ThreadState, onError: (error: unknown) => void) => number;

function mark(dir: string | undefined, markIn: MarkIn): void {
  const state = threadState();
  const directory = dir === undefined ? state.directory : resolve(dir);
  if (directory === undefined) return;
  try {
    const marked = markIn(directory, state, (error) => state.report(error));
    if (marked > 0) backgroundCompactor().request(directory);
  } catch (error) {
    // No directory: nobody has written anything yet.
    if (errorCode(error) !== 'ENOENT') state.report(error);
  }
}
