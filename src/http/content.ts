import { constants, createGzip } from 'node:zlib';
import { MIN_GZIP_BYTES } from '../limits.js';
import { acceptsGzip } from './accept-encoding.js';
import { type Answer, COMMON_HEADERS, type PageRequest } from './answer.js';

/** What a request asked for. */
export interface Content {
  readonly bytes: Buffer;
  readonly type: string;
  /** To be called when nobody reads the bytes any more. */
  release?(): void;
  /** Whether another `Accept` would have had another. */
  readonly negotiated?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with it: compressed where that is worth it and the client takes it, and without it for HEAD. */
export function contentAnswer(request: PageRequest, content: Content, gzip: boolean): Answer {
  const { bytes, type, negotiated = false, headers, release } = content;
  const compressed =
    gzip && bytes.length >= MIN_GZIP_BYTES && acceptsGzip(request.header('accept-encoding'));
  const vary = [negotiated && 'Accept', gzip && 'Accept-Encoding'].filter((name) => name !== false);
  return {
    status: 200,
    headers: {
      ...COMMON_HEADERS,
      'Content-Type': type,
      ...(vary.length > 0 && { Vary: vary.join(', ') }),
      ...(compressed ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': String(bytes.length) }),
      ...headers,
    },
    body: request.method === 'HEAD' ? undefined : compressed ? gzipped(bytes) : bytes,
    ...(release && { release }),
  };
}

/** The same compressed, as it is read. Fast rather than small: pages are repetitive, and made often. */
function gzipped(bytes: Buffer): ReturnType<typeof createGzip> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  gzip.end(bytes);
  return gzip;
}
