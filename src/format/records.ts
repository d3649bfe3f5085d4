/**
 * Records: what a writer says of its metrics and series, appended once and never
 * changed. Every record begins with its length in bytes, a multiple of 8, and its
 * kind. A metric's id is the number of metric records before it, a series' id the
 * number of series records before it. Records hold nothing that differs between
 * two workers which do the same in the same order, so that a reader can compare
 * bytes instead of parsing.
 *
 * | kind | after length and kind |
 * |---|---|
 * | metric | u8 type, u8 mode, u16 labels, u32 buckets, f64 since, f64 bucket..., u32 byte lengths of name, help, each label name, then their UTF-8 |
 * | series | u32 metric, u32 slot, u32 byte length of each label value or `ABSENT`, then their UTF-8 |
 * | remove | u32 series, u32 0 |
 * | retire | u32 metric, u32 0: the metric and all its series are gone |
 * | absorbed | u32 byte length of a file name, u32 0, then its UTF-8: the archive holds what that writer left |
 * | exemplar | u32 series, u32 slot, u32 bucket, u32 0 |
 * | default labels | u32 metric, u32 pairs, u32 byte lengths of name and value of each pair, then their UTF-8 |
 */

import { CapacityError } from '../errors.js';
import { MAX_LABEL_NAMES } from '../limits.js';
import type { LabelPair, LabelValues } from '../model/labels.js';
import { GAUGE_MODES, METRIC_TYPES, type MetricDescriptor } from '../model/metric.js';

export const RecordKind = {
  metric: 1,
  series: 2,
  remove: 3,
  retire: 4,
  defaultLabels: 5,
  absorbed: 6,
  exemplar: 7,
} as const;

export const RECORD_HEADER_BYTES = 8;
export const RECORD_ALIGN = 8;
export const EXEMPLAR_RECORD_BYTES = RECORD_HEADER_BYTES + 16;
/** Byte length of a label value that is not there. */
export const ABSENT = 0xffffffff;

export interface MetricRecord extends MetricDescriptor {
  readonly kind: typeof RecordKind.metric;
  /** Milliseconds since 1970 when the metric was made; 0: when the file was created. */
  readonly sinceMs: number;
}
export interface SeriesRecord {
  readonly kind: typeof RecordKind.series;
  readonly metricId: number;
  readonly slot: number;
  readonly labelValues: LabelValues;
}
export interface RemoveRecord {
  readonly kind: typeof RecordKind.remove;
  readonly seriesId: number;
}
export interface RetireRecord {
  readonly kind: typeof RecordKind.retire;
  readonly metricId: number;
}
export interface DefaultLabelsRecord {
  readonly kind: typeof RecordKind.defaultLabels;
  readonly metricId: number;
  readonly pairs: readonly LabelPair[];
}
export interface AbsorbedRecord {
  readonly kind: typeof RecordKind.absorbed;
  readonly fileName: string;
}
export interface ExemplarRecord {
  readonly kind: typeof RecordKind.exemplar;
  readonly seriesId: number;
  /** Where the entry begins. */
  readonly slot: number;
  /** Which of the histogram's buckets, that beyond the last included; 0 for a counter. */
  readonly bucket: number;
}
export type MetricsRecord =
  | AbsorbedRecord
  | ExemplarRecord
  | MetricRecord
  | SeriesRecord
  | RemoveRecord
  | RetireRecord
  | DefaultLabelsRecord;

/**
 * The bytes of a record, ready to append.
 *
 * @throws CapacityError when it has more label names than a record can
 */
export function encodeRecord(record: MetricsRecord): Uint8Array {
  switch (record.kind) {
    case RecordKind.metric:
      return encodeMetric(record);
    case RecordKind.series:
      return encodeSeries(record);
    case RecordKind.remove:
      return encodePair(record.kind, record.seriesId);
    case RecordKind.retire:
      return encodePair(record.kind, record.metricId);
    case RecordKind.defaultLabels:
      return encodeDefaultLabels(record);
    case RecordKind.absorbed:
      return encodeAbsorbed(record);
    case RecordKind.exemplar:
      return encodeExemplarRecord(record);
  }
}

function encodeMetric(record: MetricRecord): Uint8Array {
  if (record.labelNames.length > MAX_LABEL_NAMES) {
    throw new CapacityError(
      `${record.name} has ${record.labelNames.length} label names, more than ${MAX_LABEL_NAMES}`,
    );
  }
  const strings = [record.name, record.help, ...record.labelNames].map((s) => Buffer.from(s));
  const fixed = RECORD_HEADER_BYTES + 16 + record.buckets.length * 8;
  const { bytes, words, floats } = allocate(record.kind, fixed, strings);
  bytes[8] = METRIC_TYPES.indexOf(record.type);
  bytes[9] = GAUGE_MODES.indexOf(record.mode);
  new Uint16Array(bytes.buffer)[5] = record.labelNames.length;
  words[3] = record.buckets.length;
  floats[2] = record.sinceMs;
  floats.set(record.buckets, 3);
  putStrings(bytes, words, fixed, strings);
  return bytes;
}

function encodeSeries(record: SeriesRecord): Uint8Array {
  const strings = record.labelValues.map((v) => (v === undefined ? undefined : Buffer.from(v)));
  const fixed = RECORD_HEADER_BYTES + 8;
  const { bytes, words } = allocate(record.kind, fixed, strings);
  words[2] = record.metricId;
  words[3] = record.slot;
  putStrings(bytes, words, fixed, strings);
  return bytes;
}

function encodePair(kind: number, id: number): Uint8Array {
  const { bytes, words } = allocate(kind, RECORD_HEADER_BYTES + 8, []);
  words[2] = id;
  return bytes;
}

function encodeDefaultLabels(record: DefaultLabelsRecord): Uint8Array {
  const strings = record.pairs.flat().map((s) => Buffer.from(s));
  const fixed = RECORD_HEADER_BYTES + 8;
  const { bytes, words } = allocate(record.kind, fixed, strings);
  words[2] = record.metricId;
  words[3] = record.pairs.length;
  putStrings(bytes, words, fixed, strings);
  return bytes;
}

function encodeAbsorbed(record: AbsorbedRecord): Uint8Array {
  const name = Buffer.from(record.fileName);
  const length = Math.ceil((RECORD_HEADER_BYTES + 8 + name.length) / RECORD_ALIGN) * RECORD_ALIGN;
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer);
  words[0] = length;
  words[1] = record.kind;
  words[2] = name.length;
  bytes.set(name, RECORD_HEADER_BYTES + 8);
  return bytes;
}

function encodeExemplarRecord(record: ExemplarRecord): Uint8Array {
  const { bytes, words } = allocate(record.kind, EXEMPLAR_RECORD_BYTES, []);
  words[2] = record.seriesId;
  words[3] = record.slot;
  words[4] = record.bucket;
  return bytes;
}

function allocate(kind: number, fixed: number, strings: readonly (Buffer | undefined)[]) {
  let length = fixed + strings.length * 4;
  for (const s of strings) length += s?.length ?? 0;
  length = Math.ceil(length / RECORD_ALIGN) * RECORD_ALIGN;
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer);
  words[0] = length;
  words[1] = kind;
  return { bytes, words, floats: new Float64Array(bytes.buffer) };
}

function putStrings(
  bytes: Uint8Array,
  words: Uint32Array,
  at: number,
  strings: readonly (Buffer | undefined)[],
): void {
  let end = at + strings.length * 4;
  strings.forEach((s, i) => {
    words[at / 4 + i] = s === undefined ? ABSENT : s.length;
    if (s !== undefined) {
      bytes.set(s, end);
      end += s.length;
    }
  });
}
