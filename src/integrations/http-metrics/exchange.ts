import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** A request as servers of node:http, node:https and node:http2 give it to the application. */
export type ServerRequest = IncomingMessage | Http2ServerRequest;

/** A request from its first byte to its last, as it is being measured. */
export interface Exchange {
  /** Of `performance.now()`. */
  readonly startMs: number;
  readonly method: string;
  /** The error that was counted last: one that passes several layers counts once. */
  error?: unknown;
}

// Registered, so that copies of the package in one process find what another has put there.
const EXCHANGE = Symbol.for('prom-multiproc/http-exchange/1');
const ROUTE = Symbol.for('prom-multiproc/http-route/1');

/** What a request's marks hang on. */
interface Carrier {
  readonly stream?: object;
  [EXCHANGE]?: Exchange | undefined;
  [ROUTE]?: string;
}

/** What stays the same as long as a request lives: it, or of HTTP/2 its stream. */
export function carrierOf(request: object): object {
  return (request as Carrier).stream ?? request;
}

export function begin(carrier: object, exchange: Exchange): void {
  (carrier as Carrier)[EXCHANGE] = exchange;
}

/** The exchange that is measured, if any. */
export function exchangeOf(carrier: object): Exchange | undefined {
  return (carrier as Carrier)[EXCHANGE];
}

/** Ends the exchange, and gives it to the first who does. */
export function end(carrier: object): Exchange | undefined {
  const exchange = (carrier as Carrier)[EXCHANGE];
  if (exchange !== undefined) (carrier as Carrier)[EXCHANGE] = undefined;
  return exchange;
}

/**
 * Says under which route a request counts, in place of what is found out by itself: for
 * frameworks that keep it to themselves. Call it at any time before the response is
 * complete; the last call counts. It must be a pattern such as `/users/:id`, one of a
 * bounded number, never a path as it came. A regular expression stands for its source;
 * `undefined` leaves the route as it was.
 *
 * @throws TypeError for any other pattern
 */
export function setRoute(request: ServerRequest, pattern: string | RegExp | undefined): void {
  if (pattern === undefined) return;
  if (typeof pattern !== 'string' && !(pattern instanceof RegExp)) {
    throw new TypeError(`A route must be a string or a regular expression, not ${typeof pattern}`);
  }
  (carrierOf(request) as Carrier)[ROUTE] = String(pattern);
}

/** What `setRoute` was given. */
export function givenRoute(carrier: object): string | undefined {
  return (carrier as Carrier)[ROUTE];
}
