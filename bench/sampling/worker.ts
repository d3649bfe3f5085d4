/** One side's default metrics in a process with open files and timers. */

import { openSync } from 'node:fs';
import type { MetricObjectWithValues, MetricValue } from '../../src/index.js';
import type { Side } from '../support/client.js';
import { answer } from '../support/peer.js';

/** One side: how it brings its metrics up to date, and what they say. */
interface Sampled {
  sample(): void;
  values(): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
}

async function theirs(): Promise<Sampled> {
  const { default: client } = await import('prom-client');
  client.collectDefaultMetrics();
  const metrics = client.register.getMetricsAsArray() as unknown as { collect?(): void }[];
  return {
    sample() {
      for (const metric of metrics) metric.collect?.();
    },
    values: () => client.register.getMetricsAsJSON() as unknown as ReturnType<Sampled['values']>,
  };
}

async function ours(): Promise<Sampled> {
  const { collectDefaultMetrics, register } = await import('../../src/index.js');
  const { threadCallbacks } = await import('../../src/collect/sampler.js');
  const { threadState } = await import('../../src/state.js');
  collectDefaultMetrics();
  const state = threadState();
  const callbacks = threadCallbacks(state);
  return {
    sample() {
      callbacks.sample();
      state.store.flush();
    },
    values: () => register.getMetricsAsJSON(),
  };
}

const [side] = process.argv.slice(2) as [Side];
const sampled = side === 'prom-client' ? await theirs() : await ours();

// Its timers would keep it.
process.once('disconnect', () => process.exit());

answer({
  open(files: number, timers: number) {
    for (let i = 0; i < files; i++) openSync('/dev/null', 'r');
    for (let i = 0; i < timers; i++) setTimeout(() => {}, 2 ** 30);
  },
  /** How many metrics have a series after a round, and the names of those that have none. */
  async values() {
    sampled.sample();
    const metrics = await sampled.values();
    const empty = metrics.filter(({ values }) => values.length === 0).map(({ name }) => name);
    return { filled: metrics.length - empty.length, empty };
  },
  /** Mean time of some rounds, in milliseconds. */
  sample(times: number) {
    const begin = performance.now();
    for (let i = 0; i < times; i++) sampled.sample();
    return (performance.now() - begin) / times;
  },
});
