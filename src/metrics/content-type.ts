export type PrometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';
export type OpenMetricsContentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

export const PROMETHEUS: PrometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';
export const OPENMETRICS: OpenMetricsContentType =
  'application/openmetrics-text; version=1.0.0; charset=utf-8';

export function isContentType(value: unknown): value is RegistryContentType {
  return value === PROMETHEUS || value === OPENMETRICS;
}
