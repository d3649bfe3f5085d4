/** How much a page is made of: every process has all series. */
export interface Workload {
  readonly name: string;
  readonly procs: number;
  /** Processes that have ended and left all their series. */
  readonly dead?: number;
  /** How many metrics of the type, and series of each. */
  readonly counters: readonly [metrics: number, series: number];
  readonly gauges: readonly [metrics: number, series: number];
  readonly histograms: readonly [metrics: number, series: number];
}

/** A small service. */
export const W1: Workload = {
  name: 'W1',
  procs: 8,
  counters: [2, 100],
  gauges: [1, 50],
  histograms: [1, 50],
};

/** A large service on a machine of its own. */
export const W2: Workload = {
  name: 'W2',
  procs: 16,
  counters: [10, 100],
  gauges: [2, 100],
  histograms: [3, 100],
};

/** A large machine, full. */
export const W3: Workload = { ...W2, name: 'W3', procs: 64 };

/** Many series in few processes. */
export const W4: Workload = {
  name: 'W4',
  procs: 8,
  counters: [20, 1000],
  gauges: [2, 1000],
  histograms: [3, 1000],
};

/** A small service after a thousand of its workers have died. */
export const W5: Workload = { ...W1, name: 'W5', dead: 1000 };

/** Series of one process: a histogram with its labels is one. */
export function seriesOf({ counters, gauges, histograms }: Workload): number {
  return counters[0] * counters[1] + gauges[0] * gauges[1] + histograms[0] * histograms[1];
}

/** Values that one process keeps: a histogram has one per bucket, one above them, and a sum. */
export function slotsOf({ counters, gauges, histograms }: Workload): number {
  const simple = counters[0] * counters[1] + gauges[0] * gauges[1];
  return simple + histograms[0] * histograms[1] * (BUCKETS.length + 2);
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
const STATUSES = ['200', '201', '404', '500'] as const;
export const LABEL_NAMES = ['method', 'status', 'route'];
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The labels of a metric's series, one by one. */
export function labelSets(series: number): Record<'method' | 'status' | 'route', string>[] {
  return Array.from({ length: series }, (_, i) => ({
    method: METHODS[i % 5] as string,
    status: STATUSES[Math.floor(i / 5) % 4] as string,
    route: `/api/v1/resource_${Math.floor(i / 20)}/:id`,
  }));
}
