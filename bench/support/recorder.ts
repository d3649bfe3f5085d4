import type { Counter, Gauge, Histogram } from '../../src/index.js';
import type { Client } from './client.js';
import type { Samples } from './page.js';

/** A metric with all that one process has counted in it, as other clients' files hold it. */
export interface RecordedMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram's buckets but the last, which has none. */
  readonly buckets: readonly number[];
  /** Label values, and the value; of a histogram, what each bucket alone counted, then the sum. */
  readonly series: [labels: string[], values: number[]][];
}

/** What a process has written, and whether it still runs. */
export interface RecordedProcess {
  readonly live: boolean;
  readonly metrics: readonly RecordedMetric[];
}

interface Options {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly buckets?: readonly number[];
}

/**
 * A client that keeps what one process counts and does nothing else: gives the data of a
 * workload to other languages, and says what the merged page has to hold.
 */
export class Recorder {
  readonly metrics: RecordedMetric[] = [];
  readonly client: Client;

  constructor() {
    const define = this.#define.bind(this);
    // Functions that give an object can be called with `new`, as classes are.
    function counter(options: Options) {
      const at = define('counter', options);
      return { inc: (labels: Labels, value: number) => add(at(labels), 0, value) };
    }
    function gauge(options: Options) {
      const at = define('gauge', options);
      return { set: (labels: Labels, value: number) => at(labels).fill(value) };
    }
    function histogram(options: Options) {
      const at = define('histogram', options);
      const bounds = options.buckets ?? [];
      return {
        observe(labels: Labels, value: number) {
          const values = at(labels);
          const found = bounds.findIndex((bound) => value <= bound);
          add(values, found === -1 ? bounds.length : found, 1);
          add(values, bounds.length + 1, value);
        },
      };
    }
    this.client = {
      Counter: counter as unknown as typeof Counter,
      Gauge: gauge as unknown as typeof Gauge,
      Histogram: histogram as unknown as typeof Histogram,
      page: () => Promise.reject(new Error('a recorder has no page: see mergedSamples')),
    };
  }

  /** Begins a metric; gives the values of its series by their labels. */
  #define(type: RecordedMetric['type'], options: Options): (labels: Labels) => number[] {
    const { name, help, labelNames = [], buckets = [] } = options;
    const metric: RecordedMetric = { type, name, help, labelNames, buckets, series: [] };
    const known = new Map<string, number[]>();
    const slots = type === 'histogram' ? buckets.length + 2 : 1;
    this.metrics.push(metric);
    return (labels) => {
      const names = labelNames.map((labelName) => labels[labelName] as string);
      const key = names.join('\0');
      let values = known.get(key);
      if (values === undefined) {
        values = new Array<number>(slots).fill(0);
        known.set(key, values);
        metric.series.push([names, values]);
      }
      return values;
    };
  }
}

type Labels = Readonly<Record<string, string>>;

function add(values: number[], at: number, value: number): void {
  values[at] = (values[at] as number) + value;
}

/** The samples of the merged page: all processes' sums, gauges of the live ones alone. */
export function mergedSamples(processes: readonly RecordedProcess[]): Samples {
  const samples = new Map<string, number>();
  const sum = (name: string, labels: readonly string[], value: number) => {
    const key = `${name}{${[...labels].sort().join(',')}}`;
    samples.set(key, (samples.get(key) ?? 0) + value);
  };
  const counted = processes.flatMap(({ live, metrics }) =>
    live ? metrics : metrics.filter(({ type }) => type !== 'gauge'),
  );
  for (const { type, name, labelNames, buckets, series } of counted) {
    for (const [labels, values] of series) {
      const pairs = labels.map((value, i) => `${labelNames[i]}="${value}"`);
      if (type !== 'histogram') {
        sum(name, pairs, values[0] as number);
        continue;
      }
      let count = 0;
      [...buckets.map(String), '+Inf'].forEach((bound, i) => {
        count += values[i] as number;
        sum(`${name}_bucket`, [...pairs, `le="${bound}"`], count);
      });
      sum(`${name}_sum`, pairs, values.at(-1) as number);
      sum(`${name}_count`, pairs, count);
    }
  }
  return samples;
}
