/**
 * Work in steps: a generator that stops where other things may be done. The same code
 * runs at once where nothing waits, and in slices where an event loop does.
 */
export type Steps<T> = Generator<void, T>;

/** Does all steps at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the steps, and lets the event loop turn whenever they took `sliceMs`. */
export async function inSlices<T>(steps: Steps<T>, sliceMs: number): Promise<T> {
  for (;;) {
    const begin = performance.now();
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() - begin < sliceMs);
    await new Promise(setImmediate);
  }
}
