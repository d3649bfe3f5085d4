/**
 * Whether an `Accept-Encoding` header takes gzip and does not like the plain page better.
 * RFC 9110, section 12.5.3.
 */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const part of (header ?? '').split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const named = parameters.find((parameter) => parameter.startsWith('q='));
    const q = named === undefined ? 1 : Number(named.slice(2));
    weights.set(coding, Number.isFinite(q) ? q : 0);
  }
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}
