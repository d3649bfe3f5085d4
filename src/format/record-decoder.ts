import { FileFormatError } from '../errors.js';
import { MAX_RECORD_BYTES } from '../limits.js';
import { GAUGE_MODES, LABEL_NAME, METRIC_NAME, METRIC_TYPES } from '../model/metric.js';
import { LITTLE_ENDIAN } from './layout.js';
import {
  ABSENT,
  EXEMPLAR_RECORD_BYTES,
  type MetricRecord,
  type MetricsRecord,
  RECORD_ALIGN,
  RECORD_HEADER_BYTES,
  RecordKind,
} from './records.js';

/** Bytes of one record chunk, from the begin of a record on. */
export interface RecordPiece {
  readonly path: string;
  /** File offset of the first byte. */
  readonly begin: number;
  readonly bytes: Uint8Array;
  /**
   * - `chunk`: with the chunk, of which zeros may fill the rest
   * - `record`: with the last record that is committed
   * - `anywhere`: maybe inside a record or the zeros after the last, which are for the next piece
   */
  readonly ends: 'chunk' | 'record' | 'anywhere';
}

/** Reads the records of a piece. Offsets are in the piece. */
export class RecordDecoder {
  readonly #view: DataView;
  readonly #bytes: Buffer;
  readonly #texts = new Map<string, string>();
  readonly #piece: RecordPiece;

  constructor(piece: RecordPiece) {
    const { buffer, byteOffset, length } = piece.bytes;
    this.#piece = piece;
    this.#view = new DataView(buffer, byteOffset, length);
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  /** Length of the record at `at`, or 0 where there is none in this piece. */
  lengthAt(at: number): number {
    const { ends } = this.#piece;
    const limit = this.#bytes.length;
    if (at === limit) return 0;
    if (at + RECORD_HEADER_BYTES > limit) {
      if (ends === 'anywhere') return 0;
      throw this.#error(at, 'a record is cut off');
    }
    const length = this.#u32(at);
    if (length === 0 && ends !== 'record') return 0;
    if (length < RECORD_HEADER_BYTES * 2 || length % RECORD_ALIGN !== 0) {
      throw this.#error(at, `record length ${length} is not a multiple of 8 from 16 on`);
    }
    if (length <= MAX_RECORD_BYTES && at + length <= limit) return length;
    if (length <= MAX_RECORD_BYTES && ends === 'anywhere') return 0;
    throw this.#error(
      at,
      `record of ${length} bytes goes beyond byte ${this.#piece.begin + limit}`,
    );
  }

  /**
   * The record at `at`, of the length that `lengthAt` gave; undefined for a kind unknown to
   * this version. `labelCount` tells how many label values a series of a metric has, or
   * undefined where there is no such metric.
   */
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
      case RecordKind.exemplar:
        if (length < EXEMPLAR_RECORD_BYTES) throw this.#error(at, 'an exemplar record is cut off');
        return {
          kind,
          seriesId: this.#u32(at + 8),
          slot: this.#u32(at + 12),
          bucket: this.#u32(at + 16),
        };
      case RecordKind.defaultLabels: {
        const pairs = this.#u32(at + 12);
        const strings = this.#present(this.#strings(at + 16, pairs * 2, end), at);
        if (!strings.every((text, i) => i % 2 === 1 || LABEL_NAME.test(text))) {
          throw this.#error(at + 16, 'the name of a default label is none');
        }
        return {
          kind,
          metricId: this.#u32(at + 8),
          pairs: Array.from({ length: pairs }, (_, i) => [
            strings[i * 2] as string,
            strings[i * 2 + 1] as string,
          ]),
        };
      }
      case RecordKind.absorbed: {
        const bytes = this.#u32(at + 8);
        if (at + 16 + bytes > end)
          throw this.#error(at + 8, `a name of ${bytes} bytes does not fit`);
        return { kind, fileName: this.#bytes.toString('utf8', at + 16, at + 16 + bytes) };
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
    if (new Set(labelNames).size < labels) throw this.#error(at + fixed, 'two labels of one name');
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
    // Kept for each series: without the room that an array keeps for more.
    const strings = new Array<string | undefined>(count).fill(undefined);
    for (let i = 0; i < count; i++) {
      const length = this.#u32(at + i * 4);
      if (length === ABSENT) continue;
      if (textAt + length > end) {
        throw this.#error(at + i * 4, `string of ${length} bytes goes beyond its record`);
      }
      strings[i] = this.#once(this.#bytes.toString('utf8', textAt, textAt + length));
      textAt += length;
    }
    return strings;
  }

  /** Label values come again and again: all series that have one share one string. */
  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  #present(strings: readonly (string | undefined)[], at: number): readonly string[] {
    if (strings.includes(undefined)) throw this.#error(at, 'a name is absent');
    return strings as readonly string[];
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, LITTLE_ENDIAN);
  }

  #error(at: number, message: string): FileFormatError {
    return new FileFormatError(this.#piece.path, this.#piece.begin + at, message);
  }
}
