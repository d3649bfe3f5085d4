import { createRequire } from 'node:module';
import { type ServerRequest, setRoute } from './exchange.js';
import { noteFailure } from './failures.js';
import type { ServerMetrics } from './server-metrics.js';
import type { Subscriptions } from './subscriptions.js';

interface KoaContext {
  readonly req: ServerRequest;
  onerror(error: unknown): void;
}

const CONTEXT_FILE = /[\\/]koa[\\/]lib[\\/]context\.js$/;
/** Where routers of Koa leave the pattern. */
const MATCHED = '_matchedRoute';

/**
 * Learns routes and errors from Koa, which has no channel, and nothing that leads from a
 * request to its context: the object from which all contexts inherit gets a property that
 * sees routers set `ctx._matchedRoute`, and its `onerror` is listened to.
 */
export class KoaContexts {
  readonly #metrics: ServerMetrics;
  readonly #to: Subscriptions;
  readonly #seen = new Set<object>();

  constructor(metrics: ServerMetrics, to: Subscriptions) {
    this.#metrics = metrics;
    this.#to = to;
  }

  /** Follows the copies of Koa that are loaded by now. */
  follow(): void {
    const { cache } = createRequire(import.meta.url);
    for (const [file, module] of Object.entries(cache)) {
      if (!CONTEXT_FILE.test(file) || module?.loaded !== true) continue;
      const prototype = module.exports as KoaContext;
      if (typeof prototype.onerror !== 'function' || this.#seen.has(prototype)) continue;
      this.#seen.add(prototype);
      this.#seeRoutes(prototype);
      this.#seeErrors(prototype);
    }
  }

  #seeRoutes(prototype: KoaContext): void {
    const learn = this.#to.guard((context: KoaContext, pattern: unknown) => {
      setRoute(context.req, pattern as string | RegExp | undefined);
    });
    Object.defineProperty(prototype, MATCHED, {
      configurable: true,
      get: () => undefined,
      set(this: KoaContext, pattern: unknown) {
        learn(this, pattern);
        // As without this: a property of the context itself, which its next value goes to.
        Object.defineProperty(this, MATCHED, {
          configurable: true,
          enumerable: true,
          writable: true,
          value: pattern,
        });
      },
    });
    this.#to.onStop(() => Reflect.deleteProperty(prototype, MATCHED));
  }

  #seeErrors(prototype: KoaContext): void {
    const { onerror } = prototype;
    const fail = this.#to.guard((context: KoaContext, error: unknown) => {
      if (error !== null && error !== undefined) noteFailure(this.#metrics, context.req, error);
    });
    const listening = function (this: KoaContext, error: unknown): void {
      fail(this, error);
      onerror.call(this, error);
    };
    prototype.onerror = listening;
    this.#to.onStop(() => {
      if (prototype.onerror === listening) prototype.onerror = onerror;
    });
  }
}
