import type { FormatName } from './formats.js';

const OPENMETRICS_TYPE = 'application/openmetrics-text';
const TEXT_TYPES = new Set(['text/plain', 'text/*', '*/*']);
const OPENMETRICS_VERSIONS = new Set([undefined, '0.0.1', '1.0.0']);

/**
 * The format that an `Accept` header prefers: OpenMetrics 1.0 where it is named with a
 * weight of at least that of the text format, else text 0.0.4. RFC 9110, section 12.5.1.
 */
export function negotiateFormat(accept: string | undefined): FormatName {
  let openmetrics = 0;
  let text = 0;
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const named = new Map(parameters.map((p) => p.split('=', 2) as [string, string]));
    const q = Number(named.get('q') ?? 1);
    const weight = Number.isFinite(q) ? q : 0;
    if (type === OPENMETRICS_TYPE && OPENMETRICS_VERSIONS.has(named.get('version'))) {
      openmetrics = Math.max(openmetrics, weight);
    } else if (TEXT_TYPES.has(type as string)) {
      text = Math.max(text, weight);
    }
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}
