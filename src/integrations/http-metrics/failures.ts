import type { IncomingMessage } from 'node:http';
import { carrierOf, exchangeOf, type ServerRequest } from './exchange.js';
import { routeOf } from './route.js';
import type { ServerMetrics } from './server-metrics.js';

/** Counts an error of a request that is being measured, once however many layers it passes. */
export function noteFailure(metrics: ServerMetrics, request: ServerRequest, error: unknown): void {
  const exchange = exchangeOf(carrierOf(request));
  if (exchange === undefined || exchange.error === error) return;
  exchange.error = error;
  metrics.failed(routeOf(request as IncomingMessage), error);
}
