import type { CollectorOptions } from '../collect/collector.js';
import { collectPage, collectReport } from '../collect/shared.js';
import { errorMessage } from '../errors.js';
import { FORMATS } from '../exposition/formats.js';
import { negotiateFormat } from '../exposition/negotiate.js';
import {
  MAX_SCRAPE_TIMEOUT_MS,
  MAX_SCRAPES_IN_FLIGHT,
  RETRY_AFTER_SECONDS,
  SCRAPE_TIMEOUT_MS,
} from '../limits.js';
import { threadState } from '../state.js';
import { Access, type AccessOptions } from './access.js';
import { type Answer, lineAnswer, type PageRequest } from './answer.js';
import { type Content, contentAnswer } from './content.js';
import { QueryError, queriedFamilies, queriedFormat, queriedNames } from './query.js';
import { Scrapes, TIME_OVER } from './scrapes.js';

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

/** What a request asks for; given up when the signal is aborted. */
type Make = (request: PageRequest, signal: AbortSignal) => Promise<Content>;

/** Answers requests for the merged page and for the report on it: what all adapters have in common. */
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

  /** The merged page. Never rejects. */
  answer(request: PageRequest): Promise<Answer> {
    return this.#answer(request, async ({ url }, signal) => {
      const format = queriedFormat(request.url) ?? negotiateFormat(request.header('accept'));
      const names = queriedNames(url);
      const page = await collectPage({ ...this.#collector, format, names, signal });
      return { ...page, type: FORMATS[format].contentType, negotiated: true };
    });
  }

  /** A `FamiliesReport`. Never rejects. */
  report(request: PageRequest): Promise<Answer> {
    return this.#answer(request, async ({ url }, signal) => {
      const query = { ...queriedFamilies(url), names: queriedNames(url) };
      const bytes = await collectReport({ ...this.#collector, ...query, signal });
      return { bytes, type: 'application/json' };
    });
  }

  /**
   * Content that says nothing of metrics: for everybody, but where browsers are to ask for a
   * password, which they do for what they show. Never rejects.
   */
  async shell(request: PageRequest, make: () => Promise<Content>): Promise<Answer> {
    const refusal =
      wrongMethod(request) ?? (await this.#refusal(request, this.#access.asksPassword));
    if (refusal !== undefined) return refusal;
    try {
      return contentAnswer(request, await make(), this.#gzip);
    } catch (error) {
      threadState().report(error);
      return lineAnswer(request, 503, this.#reason(error));
    }
  }

  async #answer(request: PageRequest, make: Make): Promise<Answer> {
    const refusal = wrongMethod(request) ?? (await this.#refusal(request));
    if (refusal !== undefined) return refusal;
    const scrape = this.#scrapes.begin(request.gone);
    if (scrape === undefined) {
      const later = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
      return lineAnswer(request, 503, 'Too many scrapes in flight', later);
    }
    const { cut, end } = scrape;
    try {
      const work = make(request, cut);
      scrape.holdFor(work);
      const content = await unlessCut(work, cut);
      return { ...contentAnswer(request, content, this.#gzip), cut, sent: end };
    } catch (error) {
      end();
      return lineAnswer(request, error instanceof QueryError ? 400 : 503, this.#reason(error));
    }
  }

  async #refusal(request: PageRequest, guarded = true): Promise<Answer | undefined> {
    if (!guarded) return undefined;
    const refusal = await this.#access.refusal(request.header('authorization'));
    if (refusal === undefined) return undefined;
    if (refusal.status === 401) {
      return lineAnswer(request, 401, 'Unauthorized', { 'WWW-Authenticate': refusal.challenge });
    }
    threadState().report(refusal.error);
    return lineAnswer(request, 503, 'The server cannot read its token');
  }

  #reason(error: unknown): string {
    if (error === TIME_OVER) return `The page took longer than ${this.#timeoutMs} ms`;
    return errorMessage(error);
  }
}

function wrongMethod(request: PageRequest): Answer | undefined {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD') return undefined;
  return lineAnswer(request, 405, 'Method Not Allowed', { Allow: 'GET, HEAD' });
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
