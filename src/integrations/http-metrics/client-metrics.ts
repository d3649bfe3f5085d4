import { MAX_HTTP_HOSTS } from '../../limits.js';
import { Histogram } from '../../metrics/histogram.js';
import { BoundedNames, OTHER } from './bounded-names.js';
import { methodLabel } from './methods.js';
import type { MetricSet } from './metric-set.js';
import type { HttpClientOptions, Settings } from './options.js';

/** Stands for the status of a request whose response has not come, or not all of it. */
const FAILED = 'error';

/** What outgoing requests update. */
export class ClientMetrics {
  readonly #durations: Histogram<string>;
  readonly #hosts: BoundedNames;
  readonly #allowed: ReadonlySet<string> | undefined;

  /** @throws Error when a bucket is not what it must be, or a name is taken */
  constructor(
    { metric, seconds }: Settings,
    { hosts, buckets = seconds }: HttpClientOptions,
    set: MetricSet,
  ) {
    this.#durations = set.add(
      new Histogram<string>({
        ...metric(
          'http_client_request_duration_seconds',
          'Time from sending a request to the last byte of its response.',
          ['method', 'host', 'status'],
        ),
        buckets: [...buckets],
      }),
    );
    this.#hosts = new BoundedNames(MAX_HTTP_HOSTS);
    this.#allowed = hosts && new Set(hosts.map((host) => host.toLowerCase()));
  }

  /** Counts a request that is over; `host` with its port where it is not the usual one. */
  finished(method: string | undefined, host: string, status: number | undefined, startMs: number) {
    const labels = {
      method: methodLabel(method),
      host: this.#hostLabel(host.toLowerCase()),
      status: status === undefined ? FAILED : `${status}`,
    };
    this.#durations.observe(labels, (performance.now() - startMs) / 1000);
  }

  #hostLabel(host: string): string {
    if (this.#allowed === undefined) return this.#hosts.admit(host);
    if (this.#allowed.has(host)) return host;
    const name = host.replace(/:\d+$/, '');
    return this.#allowed.has(name) ? name : OTHER;
  }
}
