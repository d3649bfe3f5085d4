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
 * | default labels | u32 metric, u32 pairs, u32 byte lengths of name and value of each pair, then their UTF-8 |
 */

import { CapacityError, FileFormatError } from '../errors.js';
import { MAX_LABEL_NAMES, MAX_RECORD_BYTES } from '../limits.js';
import type { LabelPair, LabelValues } from '../model/labels.js';
import {
  GAUGE_MODES,
  LABEL_NAME,
  METRIC_NAME,
  METRIC_TYPES,
  type MetricDescriptor,
} from '../model/metric.js';

export const RecordKind = {
  metric: 1,
  series: 2,
  remove: 3,
  retire: 4,
  defaultLabels: 5,
} as const;

export const RECORD_HEADER_BYTES = 8;
const RECORD_ALIGN = 8;
const ABSENT = 0xffffffff;

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
export type MetricsRecord =
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

/**
 * Reads the records of one chunk. `begin` is the file offset of the chunk's first
 * byte, for error messages; `labelCount` tells how many label values a series of
 * a metric has, or undefined where there is no such metric.
 */
export class RecordDecoder {
  readonly #view: DataView;
  readonly #path: string;
  readonly #begin: number;

  constructor(chunk: ArrayBuffer, path: string, begin: number) {
    this.#view = new DataView(chunk);
    this.#path = path;
    this.#begin = begin;
  }

  /**
   * Length of the record at `at`, or 0 where there is none before `limit`, up to which
   * bytes are committed. Zeros say so only where they fill the rest of the chunk.
   */
  lengthAt(at: number, limit: number): number {
    if (at === limit) return 0;
    if (at + RECORD_HEADER_BYTES > limit) throw this.#error(at, 'a record is cut off');
    const length = this.#u32(at);
    if (length === 0 && limit === this.#view.byteLength) return 0;
    if (length < RECORD_HEADER_BYTES * 2 || length % RECORD_ALIGN !== 0) {
      throw this.#error(at, `record length ${length} is not a multiple of 8 from 16 on`);
    }
    if (length > MAX_RECORD_BYTES || at + length > limit) {
      throw this.#error(at, `record of ${length} bytes goes beyond byte ${this.#begin + limit}`);
    }
    return length;
  }

  /** The record at `at`, of the length that `lengthAt` gave; undefined for a kind unknown to this version. */
  decode(
    at: number,
    length: number,
    labelCount: (metricId: number) => number | undefined,
  ): MetricsRecord | undefined {
    const kind = this.#u32(at + 4);
    const end = at + length;
    switch (kind) {
      case RecordKind.metric:
        return this.#metric(at, end);
      case RecordKind.series: {
        const metricId = this.#u32(at + 8);
        const labels = labelCount(metricId);
        if (labels === undefined) throw this.#error(at, `series of unknown metric ${metricId}`);
        return {
          kind,
          metricId,
          slot: this.#u32(at + 12),
          labelValues: this.#strings(at + 16, labels, end),
        };
      }
      case RecordKind.remove:
        return { kind, seriesId: this.#u32(at + 8) };
      case RecordKind.retire:
        return { kind, metricId: this.#u32(at + 8) };
      case RecordKind.defaultLabels: {
        const pairs = this.#u32(at + 12);
        const strings = this.#present(this.#strings(at + 16, pairs * 2, end), at);
        return {
          kind,
          metricId: this.#u32(at + 8),
          pairs: Array.from({ length: pairs }, (_, i) => [
            strings[i * 2] as string,
            strings[i * 2 + 1] as string,
          ]),
        };
      }
      default:
        return undefined;
    }
  }

  #metric(at: number, end: number): MetricRecord {
    if (at + 24 > end) throw this.#error(at, 'metric record is too short');
    const type = METRIC_TYPES[this.#view.getUint8(at + 8)];
    const mode = GAUGE_MODES[this.#view.getUint8(at + 9)];
    if (type === undefined || mode === undefined) {
      throw this.#error(at + 8, 'unknown metric type or gauge mode');
    }
    const labels = this.#view.getUint16(at + 10, LITTLE_ENDIAN);
    const bucketCount = this.#u32(at + 12);
    const fixed = 24 + bucketCount * 8;
    if (at + fixed > end) throw this.#error(at + 12, `${bucketCount} buckets do not fit`);
    const buckets: number[] = [];
    for (let i = 0; i < bucketCount; i++) {
      const bound = this.#view.getFloat64(at + 24 + i * 8, LITTLE_ENDIAN);
      const before = buckets[i - 1] ?? Number.NEGATIVE_INFINITY;
      if (!(bound > before && bound < Number.POSITIVE_INFINITY)) {
        throw this.#error(at + 24 + i * 8, 'bucket bounds do not ascend');
      }
      buckets.push(bound);
    }
    const strings = this.#strings(at + fixed, labels + 2, end);
    const [name, help, ...labelNames] = this.#present(strings, at) as [string, string, ...string[]];
    if (!METRIC_NAME.test(name) || !labelNames.every((label) => LABEL_NAME.test(label))) {
      throw this.#error(at + fixed, 'the name of the metric or of a label is none');
    }
    return {
      kind: RecordKind.metric,
      name,
      help,
      type,
      mode,
      labelNames,
      buckets,
      sinceMs: this.#view.getFloat64(at + 16, LITTLE_ENDIAN),
    };
  }

  #strings(at: number, count: number, end: number): (string | undefined)[] {
    let textAt = at + count * 4;
    if (textAt > end) throw this.#error(at, `${count} strings do not fit`);
    const strings: (string | undefined)[] = [];
    for (let i = 0; i < count; i++) {
      const length = this.#u32(at + i * 4);
      if (length === ABSENT) {
        strings.push(undefined);
        continue;
      }
      if (textAt + length > end) {
        throw this.#error(at + i * 4, `string of ${length} bytes goes beyond its record`);
      }
      const text = Buffer.from(this.#view.buffer, this.#view.byteOffset + textAt, length);
      strings.push(length === 0 ? '' : text.toString());
      textAt += length;
    }
    return strings;
  }

  #present(strings: readonly (string | undefined)[], at: number): readonly string[] {
    if (strings.includes(undefined)) throw this.#error(at, 'a name is absent');
    return strings as readonly string[];
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, LITTLE_ENDIAN);
  }

  #error(at: number, message: string): FileFormatError {
    return new FileFormatError(this.#path, this.#begin + at, message);
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
