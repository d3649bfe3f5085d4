import type { IncomingMessage, ServerResponse } from 'node:http';

const CONTENT_LENGTH = 'content-length';
const TRANSFER_ENCODING = 'transfer-encoding';

/**
 * Bytes of a request's body: what its `Content-Length` says, and 0 where it has none. A
 * body that comes in chunks has no size that can be known without reading it: undefined.
 *
 * Reads the raw headers: `request.headers` is made when it is first asked for, which an
 * application may never do.
 */
export function requestBodyBytes({ rawHeaders }: IncomingMessage): number | undefined {
  let isChunked = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    // The length first: it tells most headers apart without making a string.
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH) {
      return Number(rawHeaders[i + 1]);
    }
    if (name.length === TRANSFER_ENCODING.length && name.toLowerCase() === TRANSFER_ENCODING) {
      isChunked = true;
    }
  }
  return isChunked ? undefined : 0;
}

/** Whether a response has no body, whatever its headers say. */
export function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** The size that a response's headers state. */
export function statedBytes(response: ServerResponse): number | undefined {
  // What `writeHead` was given, and what Node.js adds itself, is in the sent header alone.
  const { _header: sent } = response as { _header?: string | null };
  const text = typeof sent === 'string' ? lengthIn(sent) : response.getHeader(CONTENT_LENGTH);
  return text === undefined ? undefined : Number(text);
}

function lengthIn(header: string): string | undefined {
  let at = header.indexOf('\r\nContent-Length: ');
  if (at < 0) at = header.search(/\r\ncontent-length: /i);
  if (at < 0) return undefined;
  const from = at + CONTENT_LENGTH.length + 4;
  return header.slice(from, header.indexOf('\r\n', from));
}
