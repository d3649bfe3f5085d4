import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { hasNoBody, requestBodyBytes, statedBytes } from './body-size.js';
import { begin, end } from './exchange.js';
import { methodLabel } from './methods.js';
import type { MeasuredRequest, Settings } from './options.js';
import { routeOf } from './route.js';
import type { ServerMetrics } from './server-metrics.js';
import type { Subscriptions } from './subscriptions.js';

/** What the channels of node:http tell. */
interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

/** What is known of a connection that carries requests. */
interface Connection {
  /** Requests without a complete response: several where a client does not wait. */
  readonly open: Set<IncomingMessage>;
  /** Bytes that the connection had sent when the last response was complete. */
  sentBytes: number;
}

/** Measures requests of node:http and node:https, on all servers of this thread. */
export class Http1Requests {
  readonly #metrics: ServerMetrics;
  readonly #settings: Settings;
  readonly #connections = new WeakMap<Socket, Connection>();
  readonly #onServer: () => void;
  readonly #servers = new WeakSet<Server>();

  /** `onServer` is called when a server has its first request: what it runs is loaded by then. */
  constructor(metrics: ServerMetrics, settings: Settings, onServer: () => void) {
    this.#metrics = metrics;
    this.#settings = settings;
    this.#onServer = onServer;
  }

  subscribe(to: Subscriptions): void {
    to.on('http.server.request.start', (message) => this.#start(message as Message));
    to.on('http.server.response.finish', (message) => this.#finish(message as Message));
  }

  #start({ request, socket, server }: Message): void {
    if (!this.#servers.has(server)) {
      this.#servers.add(server);
      this.#onServer();
    }
    const connection = this.#connections.get(socket) ?? this.#connect(socket);
    if (this.#settings.isIgnored(request.url ?? '')) return;
    connection.open.add(request);
    const method = methodLabel(request.method);
    this.#metrics.begun(method);
    begin(request, { startMs: performance.now(), method });
  }

  #connect(socket: Socket): Connection {
    const connection = { open: new Set<IncomingMessage>(), sentBytes: socket.bytesWritten };
    this.#connections.set(socket, connection);
    // The response's own `close` is not told of responses that wait for one before them.
    socket.once('close', () => {
      for (const request of connection.open) this.#abort(request);
    });
    return connection;
  }

  #finish({ request, response, socket }: Message): void {
    const connection = this.#connections.get(socket);
    const sent = socket.bytesWritten;
    const before = connection?.sentBytes ?? sent;
    if (connection !== undefined) {
      connection.sentBytes = sent;
      connection.open.delete(request);
    }
    const exchange = end(request);
    if (exchange === undefined) return;
    const route = routeOf(request);
    const { statusCode: status } = response;
    const outcome = {
      route,
      status,
      requestBytes: requestBodyBytes(request),
      responseBytes: hasNoBody(exchange.method, status)
        ? 0
        : (statedBytes(response) ?? chunkBytes(response, sent - before)),
    };
    this.#metrics.finished(exchange, outcome, () =>
      describe(request, { method: exchange.method, route, status }),
    );
  }

  #abort(request: IncomingMessage): void {
    const exchange = end(request);
    if (exchange === undefined) return;
    const { method } = exchange;
    const route = routeOf(request);
    this.#metrics.aborted(exchange, route, () =>
      describe(request, { method, route, status: undefined }),
    );
  }
}

/** Of a response in chunks: all that was sent but the header. */
function chunkBytes(response: ServerResponse, sent: number): number {
  const { _header: header } = response as { _header?: string | null };
  return Math.max(0, sent - (header?.length ?? 0));
}

function describe(
  request: IncomingMessage,
  known: Pick<MeasuredRequest, 'method' | 'route' | 'status'>,
): MeasuredRequest {
  const isEncrypted = (request.socket as TLSSocket).encrypted === true;
  return { ...known, isEncrypted, headers: request.headers, request };
}
