import { connectSampling } from '../../collect/sampler.js';
import { connectRegistries } from '../../collect/shared.js';
import { inheritCells } from '../../default-metrics/shared-cells.js';
import { preloadBackend } from '../../mapping/backend.js';

export { type ServerRequest, setRoute } from './exchange.js';
export { countException, type HttpMetrics, instrumentHttp } from './instrument.js';
export type { HttpClientOptions, HttpMetricsOptions, MeasuredRequest } from './options.js';

connectRegistries();
connectSampling();
inheritCells();
preloadBackend(process.env);
