import fc from 'fast-check';
import { type MetricsRecord, RecordKind } from '../../src/format/records.js';
import { GAUGE_MODES, METRIC_TYPES } from '../../src/model/metric.js';

/** Any sequence of UTF-16 units, lone surrogates and control characters included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));

/** Texts that formats and keys stumble over. */
const awkwardText = fc.constantFrom(
  '',
  'a,b=c',
  '"',
  '\\',
  '\n',
  '\r\n',
  '}{',
  '1:a',
  '\u0000',
  '👩‍👩‍👧',
  '\ud800',
  'x'.repeat(300),
);

export const labelText: fc.Arbitrary<string> = fc.oneof(anyText, awkwardText);

export const metricName: fc.Arbitrary<string> = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,9}$/);
export const labelName: fc.Arbitrary<string> = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,9}$/);

const bounds = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 12 })
  .map((numbers) => [...new Set(numbers.map((n) => n + 0))].sort((a, b) => a - b));

const u32 = fc.nat(0xffffffff);

/** Any record that can be written. A series has the two labels that `LABELS_OF_ANY_METRIC` tells. */
export const record: fc.Arbitrary<MetricsRecord> = fc.oneof(
  fc.record({
    kind: fc.constant(RecordKind.metric),
    name: metricName,
    help: labelText,
    type: fc.constantFrom(...METRIC_TYPES),
    mode: fc.constantFrom(...GAUGE_MODES),
    labelNames: fc.uniqueArray(labelName, { maxLength: 4 }),
    buckets: bounds,
    sinceMs: fc.double({ min: 0, max: 1e15, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant(RecordKind.series),
    metricId: u32,
    slot: u32,
    labelValues: fc.array(fc.option(labelText, { nil: undefined }), {
      minLength: 2,
      maxLength: 2,
    }),
  }),
  fc.record({
    kind: fc.constant(RecordKind.exemplar),
    seriesId: u32,
    slot: u32,
    bucket: u32,
  }),
  fc.record({ kind: fc.constant(RecordKind.remove), seriesId: u32 }),
  fc.record({ kind: fc.constant(RecordKind.retire), metricId: u32 }),
  fc.record({
    kind: fc.constant(RecordKind.defaultLabels),
    metricId: u32,
    pairs: fc.array(fc.tuple(labelName, labelText), { maxLength: 4 }),
  }),
);

export const LABELS_OF_ANY_METRIC = 2;

/** A text as it is after a way through UTF-8, which has no lone surrogates. */
export function throughUtf8(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
