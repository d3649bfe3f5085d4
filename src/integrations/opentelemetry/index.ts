import { connectSampling } from '../../collect/sampler.js';
import { connectRegistries } from '../../collect/shared.js';

export {
  ClientSpanDurations,
  type ClientSpanDurationsOptions,
  type EndedSpan,
} from './client-span-durations.js';
export { gaugeMode } from './gauge-mode.js';
export type { MultiprocMetricReaderOptions } from './options.js';
export { MultiprocMetricReader } from './reader.js';

connectRegistries();
connectSampling();
