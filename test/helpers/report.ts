import {
  type FamiliesReport,
  type FamilyReport,
  type MetricsServerOptions,
  startMetricsServer,
} from '../../src/index.js';
import { ask } from './http.js';
import type { Teardown } from './temporary-directory.js';

/** Starts a metrics server that ends with the test: the URL of its page for people. */
export async function startPage(
  t: Teardown,
  options: Partial<MetricsServerOptions> = {},
): Promise<string> {
  const server = await startMetricsServer({ port: 0, ...options });
  t.teardown(() => server.close());
  return new URL('/', server.url).href;
}

/** The same: the URL of its report. */
export async function startReporting(
  t: Teardown,
  options: Partial<MetricsServerOptions> = {},
): Promise<string> {
  return new URL('/api/families', await startPage(t, options)).href;
}

export async function report(url: string, query = ''): Promise<FamiliesReport> {
  return JSON.parse((await ask(`${url}?${query}`)).body);
}

export function familyOf({ families }: FamiliesReport, name: string): FamilyReport {
  const family = families.find((one) => one.name === name);
  if (family === undefined) throw new Error(`${name} is not in the report`);
  return family;
}
