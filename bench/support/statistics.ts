/** The samples of one measurement, one a round. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) throw new RangeError('no samples');
  const upper = sorted[Math.floor(middle)] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

export function spread(samples: readonly number[]): Spread {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/**
 * How many times larger `a` is than `b`: the median over rounds of the quotient of the
 * two samples that were taken one after the other, so that what slows the machine down
 * for a while slows both.
 */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((sample, round) => sample / (b[round] as number)));
}
