const CLEAN_LOW = 0x7fffffff;

/**
 * The 8-byte words of one region that were changed since the last flush. On the
 * update path of the file backend: `mark` must stay small enough to be inlined.
 */
export class DirtyRange {
  #low = CLEAN_LOW;
  #high = -1;
  readonly #onDirty: () => void;

  /** `onDirty` runs when the range goes from clean to dirty. */
  constructor(onDirty: () => void) {
    this.#onDirty = onDirty;
  }

  /** Words `first` to `last`, counted from the begin of the extent, were changed: call it after the change. */
  mark(first: number, last: number): void {
    if (first < this.#low || last > this.#high) this.#widen(first, last);
  }

  #widen(first: number, last: number): void {
    const clean = this.#high < 0;
    if (first < this.#low) this.#low = first;
    if (last > this.#high) this.#high = last;
    if (clean) this.#onDirty();
  }

  /** First changed word, or a number above `high` when nothing was. */
  get low(): number {
    return this.#low;
  }

  /** Last changed word, or -1. */
  get high(): number {
    return this.#high;
  }

  /** What was marked until now is in the file. */
  clear(): void {
    this.#low = CLEAN_LOW;
    this.#high = -1;
  }
}
