/**
 * Base units that Prometheus recommends. Source: prometheus.io, "Metric and label naming".
 */
const BASE_UNITS: ReadonlySet<string> = new Set([
  'seconds',
  'bytes',
  'ratio',
  'celsius',
  'meters',
  'volts',
  'amperes',
  'joules',
  'grams',
]);

/** The base unit that a family's name ends with, before `_total` where it has that. */
export function unitOf(family: string): string | undefined {
  const last = family
    .replace(/_total$/, '')
    .split('_')
    .at(-1) as string;
  return BASE_UNITS.has(last) && last !== family ? last : undefined;
}
