/** How much a page is made of: every process has all series. */
export interface Workload {
  readonly name: string;
  readonly procs: number;
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

/** A large machine, full. */
export const W3: Workload = {
  name: 'W3',
  procs: 64,
  counters: [10, 100],
  gauges: [2, 100],
  histograms: [3, 100],
};

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
