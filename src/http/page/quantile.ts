/** Observations of a histogram: `counts[i]` of at most `bounds[i]`, cumulative; the last bound is infinite. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Estimates a quantile as PromQL's `histogram_quantile` does: observations lie evenly in
 * their bucket, the lowest bucket begins at 0 where its bound is positive, and beyond the
 * last finite bound there is no more than that bound. NaN where there are no observations.
 * Source: prometheus.io, "Query functions", and `BucketQuantile` of its promql package.
 */
export function histogramQuantile(q: number, { bounds, counts }: Buckets): number {
  const last = counts.length - 1;
  const total = counts[last] ?? 0;
  if (last < 1 || !(total > 0)) return Number.NaN;
  const rank = q * total;
  const bucket = counts.findIndex((count) => count >= rank);
  if (bucket === last) return bounds[last - 1] as number;
  const end = bounds[bucket] as number;
  if (bucket === 0 && end <= 0) return end;
  const begin = bucket === 0 ? 0 : (bounds[bucket - 1] as number);
  const below = bucket === 0 ? 0 : (counts[bucket - 1] as number);
  const inside = (counts[bucket] as number) - below;
  return begin + (end - begin) * ((rank - below) / inside);
}

/** Observations of each bucket alone. */
export function separate(counts: readonly number[]): number[] {
  return counts.map((count, i) => count - (counts[i - 1] ?? 0));
}
