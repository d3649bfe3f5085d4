import { createRequire } from 'node:module';
import type * as Sdk from '@opentelemetry/sdk-metrics';
import { collect } from '../../src/index.js';
import {
  MultiprocMetricReader,
  type MultiprocMetricReaderOptions,
} from '../../src/integrations/opentelemetry/index.js';
import { samplesByKey } from './page-samples.js';

const require = createRequire(import.meta.url);

/** The SDKs that applications have, by major version. */
export const SDKS = [
  { version: 2, sdk: require('@opentelemetry/sdk-metrics') as typeof Sdk },
  // In the way that the compiler sees it, it is the same.
  { version: 3, sdk: require('opentelemetry-3') as typeof Sdk },
] as const;

/** One provider with one reader. */
export function startSdk(
  sdk: typeof Sdk,
  options: MultiprocMetricReaderOptions = {},
  more: Sdk.MeterProviderOptions = {},
) {
  const reader = new MultiprocMetricReader({ scopeLabels: false, ...options });
  const provider = new sdk.MeterProvider({ ...more, readers: [reader] });
  return { reader, provider, meter: provider.getMeter('scope', '1.2.3') };
}

/** What the merged page has of these families. */
export async function shown(...names: string[]): Promise<Record<string, number>> {
  return samplesByKey(await collect({ names }));
}
