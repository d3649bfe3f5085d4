import { constants, createGzip } from 'node:zlib';
import type { CollectorOptions } from '../collect/collector.js';
import { collectBytes } from '../collect/shared.js';
import { FORMATS, type FormatName } from '../exposition/formats.js';
import { negotiateFormat } from '../exposition/negotiate.js';
import {
  MAX_SCRAPE_TIMEOUT_MS,
  MAX_SCRAPES_IN_FLIGHT,
  MIN_GZIP_BYTES,
  RETRY_AFTER_SECONDS,
  SCRAPE_TIMEOUT_MS,
} from '../limits.js';
import { threadState } from '../state.js';
import { acceptsGzip } from './accept-encoding.js';
import { Access, type AccessOptions } from './access.js';
import { type Answer, COMMON_HEADERS, lineAnswer, type PageRequest } from './answer.js';
import { type Scrape, Scrapes, TIME_OVER } from './scrapes.js';

export interface MetricsHandlerOptions extends CollectorOptions, AccessOptions {
  /** Whether pages are compressed for those who take it. Default true. */
  gzip?: boolean | undefined;
  /** Scrapes that are worked on at once; further ones are answered with 503. Default 64. */
  maxScrapesInFlight?: number | undefined;
  /**
   * Milliseconds from a request to the last byte of its answer; then the answer is 503, or
   * is cut off where it has begun. Default 10000.
   */
  timeoutMs?: number | undefined;
}

/** Answers requests for the merged page: what all adapters have in common. */
export class MetricsEndpoint {
  readonly #collector: CollectorOptions;
  readonly #gzip: boolean;
  readonly #timeoutMs: number;
  readonly #access: Access;
  readonly #scrapes: Scrapes;

  /** @throws TypeError, RangeError for options that cannot be */
  constructor(options: MetricsHandlerOptions) {
    const { dir, selfMetrics, compact, gzip = true } = options;
    const { timeoutMs = SCRAPE_TIMEOUT_MS, maxScrapesInFlight = MAX_SCRAPES_IN_FLIGHT } = options;
    requireWhole('timeoutMs', timeoutMs, MAX_SCRAPE_TIMEOUT_MS);
    requireWhole('maxScrapesInFlight', maxScrapesInFlight, Number.MAX_SAFE_INTEGER);
    this.#collector = { dir, selfMetrics, compact };
    this.#gzip = gzip;
    this.#timeoutMs = timeoutMs;
    this.#access = new Access(options, process.env);
    this.#scrapes = new Scrapes(maxScrapesInFlight, timeoutMs);
  }

  /** Never rejects. */
  async answer(request: PageRequest): Promise<Answer> {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      return lineAnswer(request, 405, 'Method Not Allowed', { Allow: 'GET, HEAD' });
    }
    const refusal = await this.#access.refusal(request.header('authorization'));
    if (refusal?.status === 401) {
      const challenge = { 'WWW-Authenticate': refusal.challenge };
      return lineAnswer(request, 401, 'Unauthorized', challenge);
    }
    if (refusal !== undefined) {
      threadState().report(refusal.error);
      return lineAnswer(request, 503, 'The server cannot read its token');
    }
    const scrape = this.#scrapes.begin(request.gone);
    if (scrape === undefined) {
      const later = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
      return lineAnswer(request, 503, 'Too many scrapes in flight', later);
    }
    try {
      return await this.#page(request, scrape);
    } catch (error) {
      scrape.end();
      return lineAnswer(request, 503, this.#reason(error));
    }
  }

  async #page(request: PageRequest, scrape: Scrape): Promise<Answer> {
    const { cut } = scrape;
    const format = negotiateFormat(request.header('accept'));
    const names = queriedNames(request.url);
    const work = collectBytes({ ...this.#collector, format, names, signal: cut });
    scrape.holdFor(work);
    return this.#pageAnswer(request, scrape, format, await unlessCut(work, cut));
  }

  #pageAnswer(request: PageRequest, scrape: Scrape, format: FormatName, page: Buffer): Answer {
    const compressed =
      this.#gzip && page.length >= MIN_GZIP_BYTES && acceptsGzip(request.header('accept-encoding'));
    const headers = {
      ...COMMON_HEADERS,
      'Content-Type': FORMATS[format].contentType,
      Vary: this.#gzip ? 'Accept, Accept-Encoding' : 'Accept',
      ...(compressed ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': String(page.length) }),
    };
    const { cut, end } = scrape;
    const withoutBody = { status: 200, headers, body: undefined, cut, sent: end };
    if (request.method === 'HEAD') return withoutBody;
    return { ...withoutBody, body: compressed ? gzipped(page) : page };
  }

  #reason(error: unknown): string {
    if (error === TIME_OVER) return `The page took longer than ${this.#timeoutMs} ms`;
    return error instanceof Error ? error.message : String(error);
  }
}

/** The same page compressed, as it is read. Fast rather than small: pages are repetitive, and made often. */
function gzipped(page: Buffer): ReturnType<typeof createGzip> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  gzip.end(page);
  return gzip;
}

/** Each name once and in order, so that those who ask for the same share a page. */
function queriedNames(url: string | undefined): string[] | undefined {
  const at = url?.indexOf('?') ?? -1;
  if (url === undefined || at < 0) return undefined;
  const names = new URLSearchParams(url.slice(at + 1)).getAll('name[]');
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}

/** @throws the signal's reason when it is aborted first */
async function unlessCut<T>(work: Promise<T>, cut: AbortSignal): Promise<T> {
  let stop: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(cut.reason);
    cut.addEventListener('abort', stop, { once: true });
    if (cut.aborted) stop();
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    cut.removeEventListener('abort', stop);
  }
}

/** @throws RangeError */
export function requireWhole(name: string, value: unknown, max: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${name} is ${String(value)}; it can be a whole number from 1 to ${max}`);
  }
}
