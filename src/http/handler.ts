import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { pipeline, Readable } from 'node:stream';
import { threadState } from '../state.js';
import type { Answer, PageRequest } from './answer.js';
import { MetricsEndpoint, type MetricsHandlerOptions } from './endpoint.js';

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Errors of a stream whose other end has closed. */
const CLIENT_GONE: ReadonlySet<string | undefined> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_HTTP2_INVALID_STREAM',
  'ECONNRESET',
  'EPIPE',
]);

/** `NGHTTP2_INTERNAL_ERROR`, without loading node:http2 where nobody has. */
const HTTP2_INTERNAL_ERROR = 2;

/**
 * A request handler that answers with the merged page, for node:http, node:https, the
 * compatibility API of node:http2, and everything that speaks their `(req, res)`: Express,
 * Connect, Koa through `ctx.req` and `ctx.res`, Fastify through `request.raw` and
 * `reply.raw`. GET and HEAD; the format is negotiated by `Accept`, the compression by
 * `Accept-Encoding`; `name[]` in the query asks for single families. Where there is nothing
 * to serve the answer is 503 with the reason in one line. The promise resolves when the
 * answer is sent or the client has gone, and never rejects.
 *
 * @throws TypeError, RangeError for options that cannot be
 */
export function metricsHandler(
  options: MetricsHandlerOptions = {},
): (req: NodeRequest, res: NodeResponse) => Promise<void> {
  const endpoint = new MetricsEndpoint(options);
  return (req, res) => respond(req, res, (request) => endpoint.answer(request));
}

/** Sends what `answer` gives for a request. */
export async function respond(
  req: NodeRequest,
  res: NodeResponse,
  answer: (request: PageRequest) => Answer | Promise<Answer>,
): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const given = await answer({
    method: req.method,
    url: req.url,
    header: (name) => {
      const value = req.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    gone: gone.signal,
  });
  try {
    // Somebody else may have answered meanwhile: a framework's own time-out.
    if (!gone.signal.aborted && !res.headersSent && (await send(given, res))) given.release?.();
  } finally {
    given.sent?.();
  }
}

/** True when all of it has gone to the system, and nobody between could have kept a part. */
async function send(answer: Answer, res: NodeResponse): Promise<boolean> {
  const { status, headers, body, cut } = answer;
  // A response of HTTP/2 finishes when its last frame is made, which the socket may not have yet.
  const direct = !('stream' in res) && !Object.hasOwn(res, 'write') && !Object.hasOwn(res, 'end');
  const ended = new Promise<boolean>((resolve) => {
    res.once('finish', () => resolve(direct));
    res.once('close', () => resolve(false));
  });
  const cutOff = () => {
    // Without a code a stream of HTTP/2 looks as if it were complete.
    if ('stream' in res) res.stream.close(HTTP2_INTERNAL_ERROR);
    else res.destroy();
  };
  cut?.addEventListener('abort', cutOff, { once: true });
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body === undefined) {
    res.end();
  } else if (!(body instanceof Readable)) {
    res.end(body);
  } else {
    pipeline(body, res as ServerResponse, (error) => {
      if (error && !CLIENT_GONE.has(error.code)) threadState().report(error);
    });
  }
  const isSent = await ended;
  cut?.removeEventListener('abort', cutOff);
  return isSent;
}
