import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { print } from './output.js';
import type { Drawing } from './terminal.js';

export interface WatchOptions {
  /** 0 for a single look. */
  readonly everyMs: number;
  readonly drawing: Drawing;
  /** Whether a look takes the place of the one before, on a terminal. */
  readonly clears: boolean;
}

/** Prints what `look` gives, once or again and again until the process is told to end. */
export async function watch(
  look: () => string,
  { everyMs, drawing, clears }: WatchOptions,
): Promise<void> {
  if (everyMs === 0) return print(look());
  const ended = endOf(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const clear = clears && process.stdout.isTTY ? drawing.escapes.clearTerminal : '';
  while (!ended.aborted) {
    await print(clear + look());
    // Whoever ends it ends the wait too.
    await delay(everyMs, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Aborted by the first of these signals, which end the process no more. */
export function endOf(signals: readonly NodeJS.Signals[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) void once(process, signal).then(() => controller.abort());
  return controller.signal;
}
