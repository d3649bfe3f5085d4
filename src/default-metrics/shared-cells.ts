import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
} from 'node:worker_threads';
import { SETTLE_THREADS_MS } from '../limits.js';
import { threadShared } from '../thread-shared.js';
import { CELLS_KEY, ProcessCells } from './process-cells.js';

/** How this thread found its cells. */
interface Found {
  cells: ProcessCells;
  /** Others have them too, or this is the main thread, whose cells win. */
  agreed: boolean;
  /** When this thread asked the others for theirs, in milliseconds of `performance.now()`. */
  askedMs: number | undefined;
}

/**
 * Gives this thread the cells of its process, and those that it starts from now on.
 * Called when the library is loaded: a worker thread inherits what its parent had when
 * it was started.
 */
export function inheritCells(): void {
  found();
}

/**
 * The cells that this thread shares with the others of its process. The first call asks
 * the threads that inherited none, since their parent did not load the library: the
 * cells of the lowest of them become everybody's.
 */
export function sharedCells(): ProcessCells {
  const mine = found();
  if (mine.askedMs === undefined) ask(mine);
  return mine.cells;
}

/** Whether the threads had time to agree on their cells. */
export function cellsAreAgreed(): boolean {
  const { agreed, askedMs } = found();
  if (agreed) return true;
  return askedMs !== undefined && performance.now() - askedMs >= SETTLE_THREADS_MS;
}

function found(): Found {
  return threadShared('process cells', () => {
    const inherited = getEnvironmentData(CELLS_KEY) as unknown as SharedArrayBuffer | undefined;
    if (inherited !== undefined) {
      return { cells: new ProcessCells(inherited), agreed: true, askedMs: undefined };
    }
    const cells = ProcessCells.create(threadId);
    publish(cells);
    return { cells, agreed: isMainThread, askedMs: undefined };
  });
}

function ask(mine: Found): void {
  mine.askedMs = performance.now();
  const channel = new BroadcastChannel(CELLS_KEY);
  const tell = () => channel.postMessage(mine.cells.buffer);
  channel.onmessage = (message: unknown) => {
    const theirs = new ProcessCells((message as { data: SharedArrayBuffer }).data);
    if (theirs.creator > mine.cells.creator) tell();
    if (theirs.creator >= mine.cells.creator) return;
    mine.cells = theirs;
    mine.agreed = true;
    publish(theirs);
  };
  channel.unref();
  tell();
}

function publish(cells: ProcessCells): void {
  setEnvironmentData(
    CELLS_KEY,
    cells.buffer as unknown as Parameters<typeof setEnvironmentData>[1],
  );
}
