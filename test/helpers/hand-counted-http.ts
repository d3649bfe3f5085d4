// Metrics of requests with the names, labels and meaning that the dashboards and rules of
// monitoring/ expect, counted by hand.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram } from '../../src/index.js';

const SECONDS = [0.005, 0.05, 0.5, 1, 2.5];
const BYTES = [100, 1e3, 1e4];

/** One request that is being measured. */
export interface Measured {
  /** Counts an error of its handler. */
  failed(error: Error): void;
}

export class HttpMetrics {
  readonly #durations = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request to the last byte of the response.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
  });
  readonly #inFlight = new Gauge({
    name: 'http_server_requests_in_flight',
    help: 'Requests without a complete response yet.',
    labelNames: ['method'],
  });
  readonly #requestBytes = bodySizes('request');
  readonly #responseBytes = bodySizes('response');
  readonly #exceptions = new Counter({
    name: 'http_server_exceptions_total',
    help: 'Errors that handlers have thrown.',
    labelNames: ['route', 'type'],
  });
  readonly #aborted = new Counter({
    name: 'http_server_aborted_total',
    help: 'Requests whose connection ended before the response was complete.',
    labelNames: ['method', 'route'],
  });
  readonly #sent = new Histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Time from sending a request to the last byte of its response.',
    labelNames: ['method', 'host', 'status'],
    buckets: SECONDS,
  });

  /** Measures a request until its response is complete or nobody waits for it any more. */
  begin(req: IncomingMessage, res: ServerResponse, route: string): Measured {
    const startMs = performance.now();
    const { method = '' } = req;
    this.#inFlight.inc({ method });
    res.once('close', () => {
      this.#inFlight.dec({ method });
      if (!res.writableFinished) return this.#aborted.inc({ method, route });
      const status = String(res.statusCode);
      this.#durations.observe({ method, route, status }, (performance.now() - startMs) / 1000);
      this.#requestBytes.observe({ method, route }, Number(req.headers['content-length'] ?? 0));
      this.#responseBytes.observe({ method, route }, Number(res.getHeader('content-length') ?? 0));
    });
    return { failed: ({ name }) => this.#exceptions.inc({ route, type: name }) };
  }

  /** Sends a request and waits for all of its answer. */
  async fetch(url: string): Promise<void> {
    const startMs = performance.now();
    const response = await fetch(url);
    await response.arrayBuffer();
    const labels = { method: 'GET', host: new URL(url).host, status: String(response.status) };
    this.#sent.observe(labels, (performance.now() - startMs) / 1000);
  }
}

function bodySizes(what: 'request' | 'response'): Histogram<'method' | 'route'> {
  return new Histogram({
    name: `http_server_${what}_body_size_bytes`,
    help: `Sizes of ${what} bodies.`,
    labelNames: ['method', 'route'],
    buckets: BYTES,
  });
}
