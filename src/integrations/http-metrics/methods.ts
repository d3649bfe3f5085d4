import { METHODS } from 'node:http';

/** Methods as labels: what this Node.js parses, which over HTTP/2 clients need not keep to. */
const KNOWN = new Set(METHODS);

/** The method, or `OTHER` where it is unknown. */
export function methodLabel(method: string | undefined): string {
  return method !== undefined && KNOWN.has(method) ? method : 'OTHER';
}
