import { once } from 'node:events';
import { createServer as createHttpServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  CONNECTIONS_CHECK_MS,
  KEEP_ALIVE_MS,
  MAX_CONNECTIONS,
  MAX_REQUEST_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
  SCRAPE_TIMEOUT_MS,
  TLS_HANDSHAKE_TIMEOUT_MS,
} from '../limits.js';
import { threadState } from '../state.js';
import { MetricsEndpoint, type MetricsHandlerOptions, requireWhole } from './endpoint.js';
import { respond } from './handler.js';
import { pageForPeople } from './people.js';
import { Port } from './port.js';
import { FAMILIES_PATH, type Route, router, UI_PATH } from './routes.js';

export interface MetricsServerOptions extends MetricsHandlerOptions {
  /** 0 for one that the system gives. */
  port: number;
  /** Address to listen on. Default `127.0.0.1`: this machine only. */
  host?: string | undefined;
  /** Where the page is. Default `/metrics`. */
  path?: string | undefined;
  /**
   * Whether `/` is a page for people, and `/api/families` answers with a `FamiliesReport`,
   * which that page shows, to whom the metrics are given too. Where `path` is one of the two
   * it has the metrics instead. Default true.
   */
  ui?: boolean | undefined;
  /** Options of node:https with a `key` and `cert`, a `pfx` or an `SNICallback`: then it is HTTPS. */
  tls?: HttpsOptions | undefined;
  /**
   * Of all processes of this machine that ask so, one has the port; another takes it over
   * within half a second when that one ends, however it ends. Default false: a port that is
   * taken is an error, and workers of a cluster share theirs.
   */
  takeOver?: boolean | undefined;
  /** Called when it begins to listen: at once, or when it has taken over. */
  onListening?: ((address: AddressInfo) => void) | undefined;
  /** Connections at once; further ones are closed. Default 256. */
  maxConnections?: number | undefined;
}

/** A server that listens, or waits for its port. */
export interface MetricsServer {
  /** Where it listens; undefined while another process has the port, and once it is closed. */
  readonly address: AddressInfo | undefined;
  /** Of the page. Undefined where the address is. */
  readonly url: string | undefined;
  /** Takes no more requests; resolves when those in flight are answered and all connections closed. */
  close(): Promise<void>;
  /** Lets the process end though the server listens. */
  unref(): this;
}

/**
 * Serves the merged page on a port of its own, from any process or thread: GET and HEAD on
 * one path. Clients that are slow to ask, or ask too much, are cut off.
 *
 * @throws TypeError, RangeError for options that cannot be; what listening throws, such as
 * `EADDRINUSE`, but for a port that is to be taken over
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = new ListeningServer(options);
  await server.begin();
  return server;
}

class ListeningServer implements MetricsServer {
  readonly #server: Server;
  readonly #port: Port;
  readonly #path: string;
  readonly #scheme: 'http' | 'https';
  #answering = 0;
  #closed: Promise<void> | undefined;

  constructor(options: MetricsServerOptions) {
    const { port, host = '127.0.0.1', path = '/metrics', ui = true } = options;
    const { tls, takeOver = false } = options;
    requirePort(port, takeOver);
    requirePath(path);
    this.#path = path;
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = createServer(options);
    const endpoint = new MetricsEndpoint(options);
    const routes = new Map<string, Route>();
    if (ui) {
      routes.set(UI_PATH, (request) => endpoint.shell(request, () => pageForPeople(path)));
      routes.set(FAMILIES_PATH, (request) => endpoint.report(request));
    }
    routes.set(path, (request) => endpoint.answer(request));
    const route = router(routes);
    this.#server.on('request', (req, res) => {
      this.#answering++;
      res.once('close', () => this.#answered());
      void respond(req, res, route);
    });
    this.#server.once('listening', () => options.onListening?.(this.address as AddressInfo));
    const onError = (error: unknown) => threadState().report(error);
    this.#port = new Port(this.#server, { port, host, takeOver, onError });
  }

  async begin(): Promise<void> {
    await this.#port.begin();
    this.#server.on('error', (error) => {
      // While it waits for its port, whoever waits is told.
      if (this.#server.listening) threadState().report(error);
    });
  }

  get address(): AddressInfo | undefined {
    if (this.#closed !== undefined) return undefined;
    return (this.#server.address() as AddressInfo | null) ?? undefined;
  }

  get url(): string | undefined {
    const listensAt = this.address;
    if (listensAt === undefined) return undefined;
    const { address, family, port } = listensAt;
    const host = family === 'IPv6' ? `[${address}]` : address;
    return `${this.#scheme}://${host}:${port}${this.#path}`;
  }

  unref(): this {
    this.#server.unref();
    return this;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#port.stop();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    if (this.#answering === 0) this.#server.closeAllConnections();
    await closed;
  }

  #answered(): void {
    this.#answering--;
    // Connections that ask nothing, or have not asked yet, would keep the server open.
    if (this.#closed !== undefined && this.#answering === 0) this.#server.closeAllConnections();
  }
}

function createServer({
  tls,
  timeoutMs = SCRAPE_TIMEOUT_MS,
  maxConnections = MAX_CONNECTIONS,
}: MetricsServerOptions): Server {
  requireWhole('maxConnections', maxConnections, Number.MAX_SAFE_INTEGER);
  const limits: ServerOptions = {
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    maxHeaderSize: MAX_REQUEST_HEADER_BYTES,
  };
  if (tls !== undefined) requireCertificate(tls);
  const server =
    tls === undefined
      ? createHttpServer(limits)
      : createHttpsServer({ handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS, ...tls, ...limits });
  server.maxConnections = maxConnections;
  // Of those who ask and do not read the answers.
  server.timeout = timeoutMs + REQUEST_TIMEOUT_MS;
  return server;
}

function requirePort(port: unknown, takeOver: boolean): void {
  const least = takeOver ? 1 : 0;
  if (Number.isInteger(port) && (port as number) >= least && (port as number) <= 0xffff) return;
  throw new RangeError(
    `port is ${String(port)}; it can be a whole number from ${least} to ${0xffff}`,
  );
}

function requirePath(path: unknown): void {
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return;
  throw new TypeError(`path is ${String(path)}; it begins with a slash and is without a query`);
}

function requireCertificate({ key, cert, pfx, SNICallback }: HttpsOptions): void {
  if (pfx !== undefined || SNICallback !== undefined) return;
  if (key !== undefined && cert !== undefined) return;
  throw new TypeError('tls needs a key and a cert, a pfx or an SNICallback');
}
