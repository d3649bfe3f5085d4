const INVALID = /-+|[^a-zA-Z0-9_]/gu;
const LEADING_DIGIT = /^[0-9]/;

/**
 * A statsd name as Prometheus takes it, for metrics and for labels: what it does not take
 * becomes `_`, a run of dashes becomes one, and a name that begins with a digit gets a `_`
 * before it. statsd_exporter's rules.
 */
export function prometheusName(name: string): string {
  const valid = name.replace(INVALID, '_');
  return LEADING_DIGIT.test(valid) ? `_${valid}` : valid;
}
