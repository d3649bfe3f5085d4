import type { ServerRequest } from './exchange.js';
import { noteFailure } from './failures.js';
import type { ServerMetrics } from './server-metrics.js';
import type { Subscriptions } from './subscriptions.js';

/** Counts what handlers of Express throw or pass on, where the package router has a channel: from 2.3. */
export function followExpress(metrics: ServerMetrics, to: Subscriptions): void {
  to.on('tracing:express.router.request:error', (message) => {
    const { req, error } = message as { req: ServerRequest; error: unknown };
    noteFailure(metrics, req, error);
  });
}
