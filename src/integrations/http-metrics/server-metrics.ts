import { MAX_HTTP_ERROR_TYPES, MAX_HTTP_LABEL_VALUES, MAX_HTTP_ROUTES } from '../../limits.js';
import { Counter } from '../../metrics/counter.js';
import { Gauge, type GaugeChild } from '../../metrics/gauge.js';
import { Histogram, type HistogramChild } from '../../metrics/histogram.js';
import type { ThreadState } from '../../state.js';
import { BoundedNames } from './bounded-names.js';
import type { Exchange } from './exchange.js';
import type { MetricSet } from './metric-set.js';
import type { MeasuredRequest, Settings } from './options.js';
import { activeTrace } from './trace-exemplar.js';

/** What is known of a response that is complete. */
export interface Outcome {
  readonly route: string;
  readonly status: number;
  /** Undefined where it cannot be known. */
  readonly requestBytes: number | undefined;
  readonly responseBytes: number | undefined;
}

/** The series that one request updates when it ends. */
interface Cell {
  readonly duration: HistogramChild;
  readonly requestBytes: HistogramChild;
  readonly responseBytes: HistogramChild;
}

type Cells = Map<string | number, Cells | Cell>;

/** What a server's requests update. */
export class ServerMetrics {
  readonly #settings: Settings;
  readonly #state: ThreadState;
  readonly #durations: Histogram<string>;
  readonly #requestBytes: Histogram<string>;
  readonly #responseBytes: Histogram<string>;
  readonly #inFlight: Gauge<string>;
  readonly #exceptions: Counter<string>;
  readonly #aborted: Counter<string>;
  /** By method, route, status and the values of own labels. */
  readonly #cells: Cells = new Map();
  readonly #inFlightByMethod = new Map<string, GaugeChild>();
  readonly #routes = new BoundedNames(MAX_HTTP_ROUTES);
  readonly #errorTypes = new BoundedNames(MAX_HTTP_ERROR_TYPES);
  readonly #ownValues: readonly BoundedNames[];

  /** @throws Error when a name or bucket is not what it must be, or a name is taken */
  constructor(settings: Settings, state: ThreadState, set: MetricSet) {
    const { metric, seconds, bytes, labels } = settings;
    this.#settings = settings;
    this.#state = state;
    const own = labels.map(([name]) => name);
    const histogram = (name: string, help: string, names: string[], buckets: number[]) =>
      set.add(new Histogram<string>({ ...metric(name, help, [...names, ...own]), buckets }));
    this.#durations = histogram(
      'http_server_request_duration_seconds',
      'Time from the request to the last byte of the response.',
      ['method', 'route', 'status'],
      seconds,
    );
    this.#requestBytes = histogram(
      'http_server_request_body_size_bytes',
      'Sizes of request bodies whose size is stated.',
      ['method', 'route'],
      bytes,
    );
    this.#responseBytes = histogram(
      'http_server_response_body_size_bytes',
      'Sizes of response bodies as they were sent.',
      ['method', 'route'],
      bytes,
    );
    const counter = (name: string, help: string, names: string[]) =>
      set.add(new Counter<string>(metric(name, help, names)));
    const inFlight = metric(
      'http_server_requests_in_flight',
      'Requests without a complete response yet.',
      ['method'],
    );
    this.#inFlight = set.add(new Gauge<string>(inFlight));
    this.#exceptions = counter(
      'http_server_exceptions_total',
      'Errors that handlers have thrown or passed on.',
      ['route', 'type'],
    );
    this.#aborted = counter(
      'http_server_aborted_total',
      'Requests whose connection or stream ended before the response was complete.',
      ['method', 'route', ...own],
    );
    this.#ownValues = own.map(() => new BoundedNames(MAX_HTTP_LABEL_VALUES));
  }

  begun(method: string): void {
    this.#inFlightOf(method).inc();
  }

  /** Counts a complete response. `describe` is called where there are own labels. */
  finished(exchange: Exchange, outcome: Outcome, describe: () => MeasuredRequest): void {
    const seconds = (performance.now() - exchange.startMs) / 1000;
    const { method } = exchange;
    this.#inFlightOf(method).dec();
    const own = this.#ownValues.length === 0 ? NONE : this.#ownLabels(describe());
    const cell = this.#cell(method, outcome.route, outcome.status, own);
    cell.duration.observe(seconds);
    const { requestBytes, responseBytes } = outcome;
    if (requestBytes !== undefined) cell.requestBytes.observe(requestBytes);
    if (responseBytes !== undefined) cell.responseBytes.observe(responseBytes);
    if (!this.#settings.exemplars) return;
    const trace = activeTrace();
    if (trace !== undefined) this.#durations.giveExemplar(cell.duration, seconds, trace);
  }

  /** Counts a request that has no complete response and will have none. */
  aborted({ method }: Exchange, route: string, describe: () => MeasuredRequest): void {
    this.#inFlightOf(method).dec();
    const own = this.#ownValues.length === 0 ? NONE : this.#ownLabels(describe());
    this.#aborted.inc({ method, route: this.#routes.admit(route), ...this.#named(own) });
  }

  /** Counts an error, unless its status says that it is the client's. */
  failed(route: string, error: unknown): void {
    if (isClientError(error)) return;
    const type = this.#errorTypes.admit(typeOf(error));
    this.#exceptions.inc({ route: this.#routes.admit(route), type });
  }

  #inFlightOf(method: string): GaugeChild {
    let child = this.#inFlightByMethod.get(method);
    if (child === undefined) {
      child = this.#inFlight.childOf({ method });
      this.#inFlightByMethod.set(method, child);
    }
    return child;
  }

  #cell(method: string, route: string, status: number, own: readonly string[]): Cell {
    const known = this.#find(method, route, status, own);
    if (known !== undefined) return known;
    // Beyond the bound nothing is kept of a route: it is looked for again under `other`.
    const admitted = this.#routes.admit(route);
    const other = admitted === route ? undefined : this.#find(method, admitted, status, own);
    return other ?? this.#make(method, admitted, status, own);
  }

  #find(method: string, route: string, status: number, own: readonly string[]): Cell | undefined {
    const routes = this.#cells.get(method) as Cells | undefined;
    const statuses = routes?.get(route) as Cells | undefined;
    let at = statuses?.get(status);
    for (const value of own) at = (at as Cells | undefined)?.get(value);
    return at as Cell | undefined;
  }

  #make(method: string, route: string, status: number, own: readonly string[]): Cell {
    const common = { method, route, ...this.#named(own) };
    const cell: Cell = {
      duration: this.#durations.childOf({
        method,
        route,
        status: `${status}`,
        ...this.#named(own),
      }),
      requestBytes: this.#requestBytes.childOf(common),
      responseBytes: this.#responseBytes.childOf(common),
    };
    const path = [method, route, status, ...own];
    const last = path.pop() as string | number;
    let level = this.#cells;
    for (const key of path) {
      const next = (level.get(key) as Cells | undefined) ?? new Map();
      level.set(key, next);
      level = next;
    }
    level.set(last, cell);
    return cell;
  }

  #named(own: readonly string[]): Record<string, string> {
    return Object.fromEntries(own.map((value, i) => [this.#settings.labels[i]?.[0], value]));
  }

  #ownLabels(request: MeasuredRequest): string[] {
    return this.#settings.labels.map(([name, label], i) => {
      try {
        return (this.#ownValues[i] as BoundedNames).admit(`${label(request) ?? ''}`);
      } catch (error) {
        const message = `The label ${name} of HTTP metrics is empty where its function throws: ${error}`;
        this.#state.note('http_label', message);
        return '';
      }
    });
  }
}

const NONE: readonly string[] = [];

/** By the status that frameworks let an error carry. */
function isClientError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  const code = statusCode ?? status;
  return typeof code === 'number' && code >= 400 && code < 500;
}

/** The name of an error; its class where it has no name of its own. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return error.name === 'Error' ? error.constructor.name : error.name;
}
