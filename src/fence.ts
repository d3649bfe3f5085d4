const word = new Int32Array(1);

/**
 * Keeps what is loaded and stored before it before what is loaded and stored after it,
 * for the engine and for processors that would reorder them: a read-modify-write with
 * sequential consistency is a barrier in both directions, a plain `Atomics` load or store
 * in one.
 */
export function fence(): void {
  Atomics.add(word, 0, 0);
}

const MAX_PAIR_READS = 1000;

/**
 * Copies a gauge's value and the time it was set at, from `slot` on, while its writer may
 * set it: that makes the time NaN, stores the value, then the new time, so the pair is
 * whole when the time is the same before and after. False where it never was: what is
 * copied is then a value, and no time of its own.
 */
export function copyPair(
  values: Float64Array,
  slot: number,
  into: Float64Array,
  at: number,
): boolean {
  for (let reads = 0; reads < MAX_PAIR_READS; reads++) {
    const before = values[slot + 1] as number;
    fence();
    into[at] = values[slot] as number;
    fence();
    into[at + 1] = values[slot + 1] as number;
    if (into[at + 1] === before) return true;
  }
  return false;
}
