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
