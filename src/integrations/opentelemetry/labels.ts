import type { Attributes } from '@opentelemetry/api';
import { type LabelPair, labelKey } from '../../model/labels.js';
import type { MetricType } from '../../model/metric.js';
import { labelName } from './names.js';

/** The instrumentation scope of an instrument: what `getMeter` was given. */
export interface Scope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

/** What an attribute is called that has the name of the label of a histogram's buckets. */
const EXPORTED_LE = 'exported_le';

/** The attributes that stand for a scope on every series of its instruments. */
export function scopeAttributes({ name, version, schemaUrl }: Scope): Attributes {
  const attributes: Attributes = { otel_scope_name: name };
  if (version) attributes.otel_scope_version = version;
  if (schemaUrl) attributes.otel_scope_schema_url = schemaUrl;
  return attributes;
}

/**
 * Labels of a data point, sorted by name. Keys that become the same name share one label,
 * their values joined by `;` in the order of the keys.
 */
export function labelsOf(type: MetricType, ...sources: readonly Attributes[]): LabelPair[] {
  const entries = sources
    .flatMap((attributes) => Object.entries(attributes))
    .filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => compare(a, b));
  const values = new Map<string, string>();
  for (const [key, value] of entries) {
    const plain = labelName(key);
    const name = plain === 'le' && type === 'histogram' ? EXPORTED_LE : plain;
    const known = values.get(name);
    values.set(name, known === undefined ? textOf(value) : `${known};${textOf(value)}`);
  }
  return [...values].sort(([a], [b]) => compare(a, b));
}

/** A key that differs for attributes which the SDK keeps apart, such as the number 1 and the text. */
export function pointKey(attributes: Attributes): string {
  return labelKey(
    Object.entries(attributes)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, value]) => [key, `${typeof value}:${textOf(value)}`]),
  );
}

/** A value as text: JSON, but for texts and for numbers that JSON does not have. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
