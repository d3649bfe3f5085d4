import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CollectorOptions } from '../collect/collector.js';
import { collectBytes } from '../collect/shared.js';
import { FORMATS } from '../exposition/formats.js';
import { negotiateFormat } from '../exposition/negotiate.js';

export type MetricsHandlerOptions = CollectorOptions;

/**
 * A request handler that answers with the merged page, for node:http and everything
 * that speaks its `(req, res)`: Express, Connect, Koa through `ctx.req` and `ctx.res`,
 * Fastify through `reply.raw`. GET and HEAD; the format is negotiated by `Accept`,
 * `name[]` in the query asks for single families. Where there is nothing to serve the
 * answer is 503 with the reason in one line.
 */
export function metricsHandler(
  options: MetricsHandlerOptions = {},
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      send(req, res, 405, 'text/plain; charset=utf-8', Buffer.from('Method Not Allowed\n'));
      return;
    }
    const format = negotiateFormat(req.headers.accept);
    try {
      const page = await collectBytes({ ...options, format, names: queriedNames(req.url) });
      send(req, res, 200, FORMATS[format].contentType, page);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const body = Buffer.from(`${reason.replaceAll('\n', ' ')}\n`);
      send(req, res, 503, 'text/plain; charset=utf-8', body);
    }
  };
}

function queriedNames(url: string | undefined): string[] | undefined {
  const query = url?.split('?', 2)[1];
  if (query === undefined) return undefined;
  const names = new URLSearchParams(query).getAll('name[]');
  return names.length === 0 ? undefined : names;
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  contentType: string,
  body: Buffer,
): void {
  res.statusCode = status;
  res.setHeader('Content-Type', contentType);
  res.setHeader('Content-Length', body.length);
  res.setHeader('Cache-Control', 'no-store');
  res.end(req.method === 'HEAD' ? undefined : body);
}
