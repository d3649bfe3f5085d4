/**
 * A float64 as text that Prometheus reads back to the same float64: the shortest that
 * does, as JavaScript prints it, and the names of the text format for what is no number.
 */
export function formatValue(value: number): string {
  if (Number.isFinite(value)) return value === 0 && Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** A value of JSON, in which what is no finite number is text, as on the page. */
export function jsonValue(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? formatValue(value) : value;
}

/** Go's `%g` changes to an exponent here when it prints the shortest text. */
const MIN_PLAIN_EXPONENT = -4;
const MAX_PLAIN_EXPONENT = 6;

/**
 * A bucket's bound as OpenMetrics 1.0 wants it ("Considerations: Canonical Numbers"):
 * as Go's `%g` prints it, and `.0` after a plain integer.
 */
export function formatCanonicalBound(bound: number): string {
  const [mantissa, exponentText] = bound.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (bound !== 0 && (exponent < MIN_PLAIN_EXPONENT || exponent >= MAX_PLAIN_EXPONENT)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const plain = formatValue(bound);
  return Number.isInteger(bound) ? `${plain}.0` : plain;
}
