import type { Registry } from '../../src/index.js';
import type { Client } from '../support/client.js';
import { BUCKETS, LABEL_NAMES, labelSets, type Workload } from '../workloads.js';

/** What a process does between scrapes: the same for the same turn, whatever client serves. */
export interface Application {
  /** Changes every value, or one series in `every`. */
  change(turn: number, every?: number): void;
  /** Begins a series that nobody has had. */
  grow(turn: number): void;
}

/**
 * Makes the metrics of a workload in one process.
 *
 * Fractions are multiples of 2^-24 and sums stay below 2^29, so that sums are exact in
 * whatever order they are made, and yet have as many digits as measured ones.
 */
export function application(
  { Counter, Gauge, Histogram }: Client,
  { counters, gauges, histograms }: Workload,
  proc: number,
  registry?: Registry,
): Application {
  const options = (name: string) => ({
    name,
    help: `The workload's ${name}`,
    labelNames: LABEL_NAMES,
    ...(registry && { registers: [registry] }),
  });
  const all: ((turn: number, every: number) => void)[] = [];
  let seed = Math.imul(proc + 1, 0x9e3779b1);
  const changed = (change: (labels: Record<string, string>, bits: number) => void, n: number) => {
    const sets = labelSets(n);
    const base = seed++;
    all.push((turn, every) => {
      for (let i = 0; i < n; i += every) {
        const bits = base ^ Math.imul(i + 1, 0x85ebca6b) ^ Math.imul(turn, 0xc2b2ae35);
        change(sets[i] as (typeof sets)[0], mix(bits));
      }
    });
  };
  for (let m = 0; m < counters[0]; m++) {
    const counter = new Counter(options(`bench_requests_${m}_total`));
    changed((labels, bits) => counter.inc(labels, 1 + (bits % 1000)), counters[1]);
  }
  for (let m = 0; m < gauges[0]; m++) {
    const gauge = new Gauge(options(`bench_level_${m}`));
    changed((labels, bits) => gauge.set(labels, bits / 2 ** 20), gauges[1]);
  }
  for (let m = 0; m < histograms[0]; m++) {
    const histogram = new Histogram({ ...options(`bench_seconds_${m}`), buckets: BUCKETS });
    changed((labels, bits) => {
      for (const bound of [...BUCKETS, 20]) {
        histogram.observe(labels, Math.floor(bound * (2 ** 24 - (bits % 2 ** 20))) / 2 ** 24);
      }
    }, histograms[1]);
  }
  const growing = new Counter(options('bench_growing_total'));
  return {
    change(turn, every = 1) {
      for (const change of all) change(turn, every);
    },
    grow: (turn) => growing.inc({ method: 'GET', status: '200', route: `/new/${turn}` }),
  };
}

/** Spreads the bits of an integer over 32: the finish of MurmurHash3. */
function mix(integer: number): number {
  let bits = integer;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
