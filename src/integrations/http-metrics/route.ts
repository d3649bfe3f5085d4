import type { IncomingMessage } from 'node:http';
import { carrierOf, givenRoute } from './exchange.js';
import { type ExpressRequest, expressRoute } from './express-route.js';

/** Stands for the route of a request that no pattern of the application took. */
export const UNMATCHED = 'unmatched';

// Next.js keeps what it knows of a request under this registered symbol, on the request.
const NEXT = Symbol.for('NextInternalRequestMeta');

interface NextRequest {
  readonly [NEXT]?: { readonly match?: { readonly definition?: { readonly pathname?: unknown } } };
}

/** The pattern under which a request counts. */
export function routeOf(request: IncomingMessage): string {
  const given = givenRoute(carrierOf(request));
  if (given !== undefined) return given;
  if ((request as ExpressRequest).route !== undefined) {
    return expressRoute(request as ExpressRequest) ?? UNMATCHED;
  }
  const next = (request as NextRequest)[NEXT]?.match?.definition?.pathname;
  return typeof next === 'string' ? next : UNMATCHED;
}
