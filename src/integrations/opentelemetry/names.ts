import { unitWord } from './units.js';

export interface Named {
  readonly name: string;
  readonly unit: string;
  /** Whether the instrument is a counter: its name ends in `_total`. */
  readonly monotonic: boolean;
}

const TOTAL = '_total';

/**
 * The name that an instrument has on the page, by OpenTelemetry's Prometheus compatibility
 * specification: characters that Prometheus discourages become one underscore, the unit
 * comes behind the name and `_total` behind that of a counter, each where it is not there.
 * Empty where nothing is left of the name.
 */
export function metricName({ name, unit, monotonic }: Named): string {
  let base = sanitize(name, /[^a-zA-Z0-9_:]/g);
  if (base === '' || base === '_') return '';
  if (monotonic && base.endsWith(TOTAL)) base = base.slice(0, -TOTAL.length);
  const suffix = sanitize(unitWord(unit), /[^a-zA-Z0-9_]/g).replace(/^_+|_+$/g, '');
  if (suffix !== '' && base !== suffix && !base.endsWith(`_${suffix}`)) base += `_${suffix}`;
  return sanitize(monotonic ? base + TOTAL : base, /[^a-zA-Z0-9_:]/g);
}

/** The name that an attribute's label has. */
export function labelName(key: string): string {
  return sanitize(key, /[^a-zA-Z0-9_]/g) || '_';
}

function sanitize(text: string, discouraged: RegExp): string {
  const name = text.replace(discouraged, '_').replace(/_{2,}/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
