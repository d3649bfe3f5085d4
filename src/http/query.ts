import { FORMATS, type FormatName } from '../exposition/formats.js';
import { MAX_REPORT_SERIES, REPORT_SERIES } from '../limits.js';

/** A query says what cannot be. */
export class QueryError extends Error {
  override name = 'QueryError';
}

/** Each `name[]` once and in order, so that those who ask for the same share a page; undefined for all. */
export function queriedNames(url: string | undefined): string[] | undefined {
  const names = parameters(url).getAll('name[]');
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}

/** What `format` asks for, which browsers cannot by `Accept`; undefined where it asks for nothing known. */
export function queriedFormat(url: string | undefined): FormatName | undefined {
  const format = parameters(url).get('format');
  return format !== null && Object.hasOwn(FORMATS, format) ? (format as FormatName) : undefined;
}

/** `search` and `limit`. @throws QueryError */
export function queriedFamilies(url: string | undefined): { search: string; limit: number } {
  const query = parameters(url);
  const search = (query.get('search') ?? '').trim().toLowerCase();
  const limit = query.get('limit') ?? String(REPORT_SERIES);
  if (!/^\d{1,9}$/.test(limit) || Number(limit) > MAX_REPORT_SERIES) {
    throw new QueryError(`limit can be a whole number from 0 to ${MAX_REPORT_SERIES}`);
  }
  return { search, limit: Number(limit) };
}

function parameters(url: string | undefined): URLSearchParams {
  const at = url?.indexOf('?') ?? -1;
  return new URLSearchParams(url === undefined || at < 0 ? '' : url.slice(at + 1));
}
