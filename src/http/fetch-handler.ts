import { Readable } from 'node:stream';
import type { Answer } from './answer.js';
import { MetricsEndpoint, type MetricsHandlerOptions } from './endpoint.js';

/**
 * `metricsHandler()` for hosts that speak the Fetch API: Hono, route handlers of Next.js.
 * The promise never rejects.
 *
 * @throws TypeError, RangeError for options that cannot be
 */
export function fetchHandler(
  options: MetricsHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const endpoint = new MetricsEndpoint(options);
  return async ({ method, url, headers, signal }) => {
    const answer = await endpoint.answer({
      method,
      url,
      header: (name) => headers.get(name) ?? undefined,
      gone: signal,
    });
    return new Response(bodyOf(answer), { status: answer.status, headers: answer.headers });
  };
}

/**
 * A stream also where the page is there in one piece: a `Response` copies what it is given
 * otherwise, and nobody would know when it is sent.
 */
function bodyOf({ body, cut, sent }: Answer): ReadableStream<Uint8Array> | null {
  if (body === undefined) {
    sent?.();
    return null;
  }
  const source = body instanceof Readable ? body : Readable.from([body], { highWaterMark: 0 });
  const cutOff = () => {
    source.destroy(new Error('The answer was cut off'));
  };
  cut?.addEventListener('abort', cutOff, { once: true });
  source.once('close', () => {
    cut?.removeEventListener('abort', cutOff);
    sent?.();
  });
  return Readable.toWeb(source) as ReadableStream<Uint8Array>;
}
