import type { Readable } from 'node:stream';

/** What every adapter knows of a request. */
export interface PageRequest {
  readonly method: string | undefined;
  /** The path and the query as the client sent them, or the whole URL. */
  readonly url: string | undefined;
  /** Value of a header whose name is given in lower case. */
  header(name: string): string | undefined;
  /** Aborted when the client has gone away. */
  readonly gone: AbortSignal;
}

/** A response as data. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none, as for HEAD. A stream is to be read to the end or destroyed. */
  readonly body: Buffer | Readable | undefined;
  /** Aborted when the answer is to be cut off, wherever it is. */
  readonly cut?: AbortSignal;
  /** To be called when the answer is sent or given up, once or more. */
  sent?(): void;
  /** To be called when the whole body is sent and nobody can have it, or never: its memory serves for others. */
  release?(): void;
}

const PLAIN_TYPE = 'text/plain; charset=utf-8';

/** Headers of every answer: nobody keeps it, and nobody takes it for a page to run. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** An answer of one line. */
export function lineAnswer(
  { method }: Pick<PageRequest, 'method'>,
  status: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = Buffer.from(`${line.replace(/[\r\n]+/g, ' ')}\n`);
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      'Content-Type': PLAIN_TYPE,
      'Content-Length': String(body.length),
      ...headers,
    },
    body: method === 'HEAD' ? undefined : body,
  };
}
