/** What a piece of work did to the event loop that it ran on. */
export interface Block {
  /** The longest time between two turns of the loop. */
  readonly longestMs: number;
  readonly ms: number;
  readonly bytes: number;
}

/** Lets the event loop turn as fast as it can while work is done, and says how long it could not. */
export async function longestBlock(work: () => Promise<number>): Promise<Block> {
  let running = true;
  let longestMs = 0;
  let last = performance.now();
  const note = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  };
  const loop = () => {
    note();
    if (running) setImmediate(loop);
  };
  setImmediate(loop);
  // The work begins in a turn, as a request's does, and ends in one.
  await new Promise(setImmediate);
  const begin = performance.now();
  const bytes = await work();
  const ms = performance.now() - begin;
  await new Promise(setImmediate);
  note();
  running = false;
  return { longestMs, ms, bytes };
}
