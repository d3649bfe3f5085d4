import type { ClientRequest, IncomingMessage } from 'node:http';
import type { ClientMetrics } from './client-metrics.js';
import type { Subscriptions } from './subscriptions.js';

/** A request of undici, which `fetch` uses too. */
interface UndiciRequest {
  readonly method?: string;
  readonly origin?: string | URL;
}

interface UndiciResponse {
  readonly statusCode?: number;
}

/** A request on its way. */
interface Sent {
  readonly startMs: number;
  status?: number;
}

/** Measures requests that this thread sends through node:http, node:https, undici and `fetch`. */
export class ClientRequests {
  readonly #metrics: ClientMetrics;
  readonly #sent = new WeakMap<object, Sent>();

  constructor(metrics: ClientMetrics) {
    this.#metrics = metrics;
  }

  subscribe(to: Subscriptions): void {
    to.on('http.client.request.start', (message) => {
      const { request } = message as { request: ClientRequest };
      this.#begin(request);
      // Comes at the end of a response and after an error alike; the channel for errors is
      // of newer Node.js alone, and a listener for them would hide one that nobody handles.
      request.once(
        'close',
        to.guard(() => this.#endOfHttp(request)),
      );
    });
    // Published with the response's headers.
    to.on('http.client.response.finish', (message) => {
      const { request, response } = message as { request: object; response: IncomingMessage };
      this.#answered(request, response.statusCode);
    });
    to.on('undici:request:create', (message) => {
      this.#begin((message as { request: object }).request);
    });
    to.on('undici:request:headers', (message) => {
      const { request, response } = message as { request: object; response: UndiciResponse };
      this.#answered(request, response.statusCode);
    });
    to.on('undici:request:trailers', (message) => {
      const { request } = message as { request: UndiciRequest };
      this.#endOfUndici(request, this.#sent.get(request)?.status);
    });
    to.on('undici:request:error', (message) => {
      this.#endOfUndici((message as { request: UndiciRequest }).request, undefined);
    });
  }

  #begin(request: object): void {
    this.#sent.set(request, { startMs: performance.now() });
  }

  #answered(request: object, status: number | undefined): void {
    const sent = this.#sent.get(request);
    if (sent !== undefined && status !== undefined) sent.status = status;
  }

  #endOfHttp(request: ClientRequest): void {
    const sent = this.#take(request);
    if (sent === undefined) return;
    const header = request.getHeader('host');
    const host = typeof header === 'string' ? header : request.host;
    const { res } = request as { res?: IncomingMessage | null };
    const whole = res?.complete === true;
    this.#metrics.finished(request.method, host, whole ? sent.status : undefined, sent.startMs);
  }

  #endOfUndici(request: UndiciRequest, status: number | undefined): void {
    const sent = this.#take(request);
    if (sent === undefined) return;
    const host = `${request.origin ?? ''}`.replace(/^\w+:\/\//, '').replace(/\/$/, '');
    this.#metrics.finished(request.method, host, status, sent.startMs);
  }

  #take(request: object): Sent | undefined {
    const sent = this.#sent.get(request);
    this.#sent.delete(request);
    return sent;
  }
}
