import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { hasNoBody } from './body-size.js';
import { begin, end, givenRoute } from './exchange.js';
import { methodLabel } from './methods.js';
import type { MeasuredRequest, Settings } from './options.js';
import { UNMATCHED } from './route.js';
import type { ServerMetrics } from './server-metrics.js';
import type { Subscriptions } from './subscriptions.js';

/**
 * Measures requests of node:http2. Its own channels are of the newest Node.js alone, so a
 * server is met where it has its first connection, which node:net has a channel for, and
 * listened to.
 */
export class Http2Streams {
  readonly #metrics: ServerMetrics;
  readonly #settings: Settings;
  readonly #onServer: () => void;
  readonly #servers = new WeakSet<object>();

  /** `onServer` is called when a server has its first connection. */
  constructor(metrics: ServerMetrics, settings: Settings, onServer: () => void) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#onServer = onServer;
  }

  subscribe(to: Subscriptions): void {
    to.on('net.server.socket', (message) => {
      const { server } = (message as { socket: Socket & { server?: EventEmitter } }).socket;
      if (server === undefined || this.#servers.has(server)) return;
      this.#servers.add(server);
      if (/^Http2(?:Secure)?Server$/.test(server.constructor.name)) this.#follow(server, to);
    });
  }

  #follow(server: EventEmitter, to: Subscriptions): void {
    this.#onServer();
    const begun = to.guard((stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#start(stream, headers);
      stream.once(
        'finish',
        to.guard(() => this.#finish(stream, headers)),
      );
      stream.once(
        'close',
        to.guard(() => this.#close(stream, headers)),
      );
    });
    // First, so that the handlers' time is all measured.
    server.prependListener('stream', begun);
    to.onStop(() => server.off('stream', begun));
  }

  #start(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (this.#settings.isIgnored(`${headers[':path'] ?? ''}`)) return;
    const method = methodLabel(`${headers[':method']}`);
    this.#metrics.begun(method);
    begin(stream, { startMs: performance.now(), method });
  }

  #finish(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const status = stream.sentHeaders?.[':status'];
    // A stream that is reset finishes too, with nothing sent or half of it.
    if (typeof status !== 'number' || stream.aborted || stream.destroyed) return;
    const exchange = end(stream);
    if (exchange === undefined) return;
    const { method } = exchange;
    const route = givenRoute(stream) ?? UNMATCHED;
    const outcome = {
      route,
      status,
      requestBytes: stated(headers) ?? (stream.endAfterHeaders ? 0 : undefined),
      responseBytes: hasNoBody(method, status) ? 0 : stated(stream.sentHeaders),
    };
    this.#metrics.finished(exchange, outcome, () =>
      describe(stream, headers, { method, route, status }),
    );
  }

  #close(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const exchange = end(stream);
    if (exchange === undefined) return;
    const { method } = exchange;
    const route = givenRoute(stream) ?? UNMATCHED;
    this.#metrics.aborted(exchange, route, () =>
      describe(stream, headers, { method, route, status: undefined }),
    );
  }
}

/** The size that headers state. */
function stated(headers: IncomingHttpHeaders | OutgoingHttpHeaders): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function describe(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  known: Pick<MeasuredRequest, 'method' | 'route' | 'status'>,
): MeasuredRequest {
  const isEncrypted = (stream.session?.socket as TLSSocket | undefined)?.encrypted === true;
  return { ...known, headers, isEncrypted, request: stream };
}
