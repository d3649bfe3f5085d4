import { TDigest } from 'tdigest';

/**
 * Quantiles of the values of the last `maxAgeSeconds`, or of all values where no age is
 * given: a ring of t-digests of which the oldest answers and all are fed. The sketch is
 * the one that prom-client uses.
 */
export class WindowQuantiles {
  readonly #ring: TDigest[];
  readonly #stepMs: number;
  readonly #nowMs: () => number;
  #current = 0;
  #rotatedMs: number;

  constructor(
    maxAgeSeconds: number | undefined,
    ageBuckets: number | undefined,
    nowMs: () => number = Date.now,
  ) {
    const rotates = Boolean(maxAgeSeconds && ageBuckets);
    const digests = rotates ? (ageBuckets as number) : 1;
    this.#ring = Array.from({ length: digests }, () => new TDigest());
    this.#stepMs = rotates
      ? ((maxAgeSeconds as number) * 1000) / digests
      : Number.POSITIVE_INFINITY;
    this.#nowMs = nowMs;
    this.#rotatedMs = nowMs();
  }

  /** Whether no value is in the window. */
  isEmpty(): boolean {
    return this.#rotate().size() === 0;
  }

  /** Value below which a share `quantile` of the window lies; 0 where there is none. */
  quantile(quantile: number): number {
    const digest = this.#rotate();
    digest.compress();
    return digest.percentile(quantile) || 0;
  }

  push(value: number): void {
    this.#rotate();
    for (const digest of this.#ring) digest.push(value);
  }

  compress(): void {
    for (const digest of this.#ring) digest.compress();
  }

  reset(): void {
    for (const digest of this.#ring) digest.reset();
  }

  #rotate(): TDigest {
    while (this.#nowMs() - this.#rotatedMs > this.#stepMs) {
      this.#ring[this.#current] = new TDigest();
      this.#current = (this.#current + 1) % this.#ring.length;
      this.#rotatedMs += this.#stepMs;
    }
    return this.#ring[this.#current] as TDigest;
  }
}
