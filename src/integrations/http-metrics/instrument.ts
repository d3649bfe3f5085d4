import { type ThreadState, threadState } from '../../state.js';
import { threadShared } from '../../thread-shared.js';
import { ClientMetrics } from './client-metrics.js';
import { ClientRequests } from './client-requests.js';
import type { ServerRequest } from './exchange.js';
import { followExpress } from './express-errors.js';
import { noteFailure } from './failures.js';
import { followFastify } from './fastify.js';
import { Http1Requests } from './http1.js';
import { Http2Streams } from './http2.js';
import { KoaContexts } from './koa.js';
import { MetricSet } from './metric-set.js';
import { type HttpMetricsOptions, type Settings, settingsOf } from './options.js';
import { ServerMetrics } from './server-metrics.js';
import { Subscriptions } from './subscriptions.js';

/** What `instrumentHttp` gives. */
export interface HttpMetrics {
  /** Measures no more, and takes the metrics out of their registries. */
  stop(): void;
}

interface Running extends HttpMetrics {
  readonly metrics: ServerMetrics;
}

/** What is running in this thread, whichever copy of the package began it. */
const current: { running?: Running | undefined } = threadShared('http metrics', () => ({}));

/**
 * Measures every HTTP request that servers of this thread receive and its clients send,
 * from now on. Call it before the application's modules are loaded, as the preload does.
 * A second call changes nothing and gives what the first gave, with a warning where it
 * has options.
 *
 * @throws Error or TypeError when an option is not what it must be, or a registry has one
 * of the names already
 */
export function instrumentHttp(options: HttpMetricsOptions = {}): HttpMetrics {
  const { running } = current;
  if (running !== undefined) {
    if (Object.keys(options).length > 0) {
      threadState().warn(
        'instrumentHttp() was called before, by the preload perhaps: its options are those of the first call. Unset PROMETHEUS_MULTIPROC_HTTP to give them in code',
      );
    }
    return running;
  }
  const started = start(settingsOf(options));
  current.running = started;
  return started;
}

function start(settings: Settings): Running {
  const state = threadState();
  const set = new MetricSet();
  const { metrics, clientMetrics } = makeMetrics(settings, state, set);
  const subscriptions = new Subscriptions((error) => {
    state.note('http_metrics', `A request was not measured in full: ${error}`);
  });
  const koa = new KoaContexts(metrics, subscriptions);
  const onServer = () => koa.follow();
  new Http1Requests(metrics, settings, onServer).subscribe(subscriptions);
  new Http2Streams(metrics, settings, onServer).subscribe(subscriptions);
  followExpress(metrics, subscriptions);
  followFastify(metrics, subscriptions);
  if (clientMetrics !== undefined) new ClientRequests(clientMetrics).subscribe(subscriptions);
  return {
    metrics,
    stop() {
      subscriptions.stop();
      set.remove();
      current.running = undefined;
    },
  };
}

/** All of the metrics, or none. */
function makeMetrics(settings: Settings, state: ThreadState, set: MetricSet) {
  try {
    const { client } = settings;
    return {
      metrics: new ServerMetrics(settings, state, set),
      clientMetrics: client && new ClientMetrics(settings, client, set),
    };
  } catch (error) {
    set.remove();
    throw error;
  }
}

/**
 * Counts an error of a request in `http_server_exceptions_total`, under its route, as
 * those of Express, Fastify and Koa are by themselves: for frameworks that handle errors
 * where nobody sees. One that states a status from 400 to 499 is not counted, and none
 * twice for one request.
 */
export function countException(request: ServerRequest, error: unknown): void {
  const { running } = current;
  if (running !== undefined) noteFailure(running.metrics, request, error);
}
