import { type ServerRequest, setRoute } from './exchange.js';
import { noteFailure } from './failures.js';
import type { ServerMetrics } from './server-metrics.js';
import { Subscriptions } from './subscriptions.js';

interface FastifyRequest {
  readonly raw: ServerRequest;
  readonly routeOptions?: { readonly url?: string | undefined };
}

interface Fastify {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: unknown, done: () => void) => void,
  ): void;
  addHook(
    name: 'onError',
    hook: (request: FastifyRequest, reply: unknown, error: unknown, done: () => void) => void,
  ): void;
}

interface HandlerMessage {
  readonly request: FastifyRequest;
  readonly error?: unknown;
}

/**
 * Learns routes and errors from Fastify's channels. An instance that is made from now on
 * is told of as it begins, and has hooks before all of the application's: also a request
 * that a hook of those answers has its route. Of older instances the handlers tell, as long
 * as there is none that is newer.
 */
export function followFastify(metrics: ServerMetrics, to: Subscriptions): void {
  const learn = to.guard((request: FastifyRequest) => {
    setRoute(request.raw, request.routeOptions?.url);
  });
  const fail = to.guard((request: FastifyRequest, error: unknown) => {
    noteFailure(metrics, request.raw, error);
  });
  const handlers = new Subscriptions((error) => to.failed(error));
  to.onStop(() => handlers.stop());
  handlers.on('tracing:fastify.request.handler:start', (message) => {
    learn((message as HandlerMessage).request);
  });
  handlers.on('tracing:fastify.request.handler:error', (message) => {
    const { request, error } = message as HandlerMessage;
    fail(request, error);
  });
  to.on('fastify.initialization', (message) => {
    // Tracing costs every request more than the hooks do.
    handlers.stop();
    const { fastify } = message as { fastify: Fastify };
    fastify.addHook('onRequest', (request, _reply, done) => {
      learn(request);
      done();
    });
    fastify.addHook('onError', (request, _reply, error, done) => {
      fail(request, error);
      done();
    });
  });
}
