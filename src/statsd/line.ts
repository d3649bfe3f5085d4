import type { Refusal } from './refusal.js';

/** What a sample can be, as mapping rules call it. */
export const SAMPLE_KINDS = ['counter', 'gauge', 'observer'] as const;
export type SampleKind = (typeof SAMPLE_KINDS)[number];

export interface StatsdSample {
  readonly kind: SampleKind;
  /** Of a timer in seconds. */
  readonly value: number;
  /** Of a gauge: whether the value is added. */
  readonly relative: boolean;
  /** How many updates it stands for: more than one where the client samples. */
  readonly weight: number;
}

/** What a line says. */
export interface StatsdLine {
  readonly name: string;
  /** As they came: `k:v,k2:v2`. */
  readonly tags: string;
  readonly samples: readonly StatsdSample[];
  readonly refused: readonly Refusal[];
}

const KINDS: Readonly<Record<string, SampleKind>> = {
  c: 'counter',
  g: 'gauge',
  ms: 'observer',
  h: 'observer',
  d: 'observer',
};

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Container, external data, cardinality and time stamp: of no use to a page. */
const IGNORED_FIELD = /^(?:c:.|e:.|card:.|T\d+$)/;
const MS_PER_SECOND = 1000;

/**
 * Reads one line of statsd or DogStatsD, such as `name:1|c|@0.1|#k:v`,
 * `name:1:2:3|ms`, or `name:1|c:2|ms`. What cannot be read is in `refused`.
 */
export function parseLine(line: string): StatsdLine {
  if (line.startsWith('_e{')) return refusedLine('unsupported_event');
  if (line.startsWith('_sc|')) return refusedLine('unsupported_service_check');
  const colon = line.indexOf(':');
  if (colon < 1) return refusedLine('malformed_line');
  const reader = new LineReader(line.slice(colon + 1).split('|'));
  reader.read();
  const { tags, samples, refused } = reader;
  return { name: line.slice(0, colon), tags, samples, refused };
}

function refusedLine(reason: Refusal): StatsdLine {
  return { name: '', tags: '', samples: [], refused: [reason] };
}

/** Reads the fields between the bars, one sample after the other. */
class LineReader {
  readonly samples: StatsdSample[] = [];
  readonly refused: Refusal[] = [];
  tags = '';
  readonly #fields: readonly string[];
  #at = 0;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  read(): void {
    let values = this.#fields[0];
    while (values !== undefined) values = this.#sample(values);
  }

  /** Reads type and further fields of these values; gives those of the next sample. */
  #sample(values: string): string | undefined {
    const typeField = this.#fields[++this.#at];
    if (typeField === undefined) {
      this.refused.push('malformed_component');
      return undefined;
    }
    let [type, next] = cut(typeField);
    let rate = '1';
    while (next === undefined && this.#at + 1 < this.#fields.length) {
      const field = this.#fields[++this.#at] as string;
      if (field.startsWith('@')) [rate, next] = cut(field.slice(1));
      else if (field.startsWith('#'))
        this.tags += `${this.tags === '' ? '' : ','}${field.slice(1)}`;
      else if (!IGNORED_FIELD.test(field)) {
        this.refused.push('malformed_component');
        return undefined;
      }
    }
    this.#take(values, type, rate);
    return next;
  }

  #take(values: string, type: string, rateText: string): void {
    const kind = Object.hasOwn(KINDS, type) ? (KINDS[type] as SampleKind) : undefined;
    if (kind === undefined) {
      this.refused.push(type === 's' ? 'unsupported_set' : 'unknown_type');
      return;
    }
    const rate = NUMBER.test(rateText) ? Number(rateText) : Number.NaN;
    if (!(rate > 0 && rate <= 1 && 1 / rate <= Number.MAX_SAFE_INTEGER)) {
      this.refused.push('invalid_sample_factor');
      return;
    }
    const unit = type === 'ms' ? MS_PER_SECOND : 1;
    for (const text of values.split(':')) this.#takeValue(text, { kind, rate, unit });
  }

  #takeValue(
    text: string,
    { kind, rate, unit }: { kind: SampleKind; rate: number; unit: number },
  ): void {
    const number = NUMBER.test(text) ? Number(text) / unit : Number.NaN;
    const value = kind === 'counter' ? number / rate : number;
    const weight = kind === 'observer' ? Math.round(1 / rate) : 1;
    if (!isUsable(value, kind)) this.refused.push('malformed_value');
    else if (kind === 'counter' && value < 0) this.refused.push('illegal_negative_counter');
    else {
      const relative = kind === 'gauge' && /^[+-]/.test(text);
      this.samples.push({ kind, value, relative, weight });
    }
  }
}

/** A sum of what is larger than this would no longer count, or be infinite one day. */
function isUsable(value: number, kind: SampleKind): boolean {
  if (kind === 'gauge') return Number.isFinite(value);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** What is before the first colon, and what after it, where there is one. */
function cut(text: string): [string, string | undefined] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}
