import type { ExecutionContext } from 'ava';
import { collect } from '../../src/index.js';
import {
  type HttpMetrics,
  type HttpMetricsOptions,
  instrumentHttp,
} from '../../src/integrations/http-metrics/index.js';
import { samplesByKey } from './page-samples.js';

/** Measures this process's requests until the test is over. */
export function measureHttp(t: ExecutionContext, options?: HttpMetricsOptions): HttpMetrics {
  const metrics = instrumentHttp(options);
  t.teardown(() => metrics.stop());
  return metrics;
}

/** Samples of the page whose names begin so, buckets left out. */
export async function samplesOf(prefix: string): Promise<Record<string, number>> {
  const samples = samplesByKey(await collect({ selfMetrics: false }));
  return Object.fromEntries(
    Object.entries(samples).filter(
      ([key]) => key.startsWith(prefix) && !/^\w+_bucket[{ ]/.test(key),
    ),
  );
}

/** Requests served, by method, route and status: `GET /users/:id 200`. */
export async function served(): Promise<Record<string, number>> {
  const name = 'http_server_request_duration_seconds_count';
  const counts = await samplesOf(name);
  return Object.fromEntries(
    Object.entries(counts).map(([key, count]) => {
      const { method, route, status } = labelsOf(key, name);
      return [`${method} ${route} ${status}`, count];
    }),
  );
}

/** Labels of a key that `samplesOf` gave. */
export function labelsOf(key: string, name: string): Record<string, string> {
  const pairs = key.slice(name.length).matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries([...pairs].map(([, label, value]) => [label, JSON.parse(value ?? '')]));
}
