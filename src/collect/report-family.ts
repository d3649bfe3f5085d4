import { samplesOf } from '../exposition/families.js';
import { formatValue, jsonValue } from '../exposition/numbers.js';
import { unitOf } from '../exposition/unit.js';
import { REPORT_STEP_SERIES } from '../limits.js';
import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import type { FamilyReport } from '../model/report.js';
import type { Steps } from '../steps.js';

/** What is wanted of each family. */
export interface FamilyQuery {
  /** Text in a family's name, type or help, or in `name=value` of a series' label, in lower case; empty for all. */
  readonly search: string;
  /** Series of a family of which samples are given. */
  readonly limit: number;
}

/** Characters that samples may still have. */
export interface SampleRoom {
  chars: number;
}

/** A family as JSON; undefined where it has nothing of what is searched for. */
export function* familyJson(
  table: FamilyTable,
  query: FamilyQuery,
  room: SampleRoom,
): Steps<string | undefined> {
  const found = yield* findSeries(table, query.search);
  if (found.length === 0 && !isFound(table, query.search)) return undefined;
  const samples: string[] = [];
  let shown = 0;
  for (const series of found.slice(0, query.limit)) {
    const texts = samplesOf(table, series).map(toJson);
    const chars = texts.reduce((sum, text) => sum + text.length, 0);
    if (chars > room.chars) break;
    room.chars -= chars;
    samples.push(...texts);
    shown++;
    if (shown % REPORT_STEP_SERIES === 0) yield;
  }
  const { name, type, help, mode, labels } = table;
  const head: Omit<FamilyReport, 'samples'> = {
    name,
    type,
    help,
    ...optional('unit', unitOf(name)),
    ...optional('mode', mode),
    series: labels.length,
    ...(yield* summary(table)),
    found: found.length,
    shown,
  };
  return `${toJson(head).slice(0, -1)},"samples":[${samples.join()}]}`;
}

/** JSON in which what is no finite number is text, as on the page. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => jsonValue(inner));
}

function isFound({ name, type, help }: FamilyTable, search: string): boolean {
  return [name, type, help].some((text) => text.toLowerCase().includes(search));
}

/** Series that are searched for, in the page's order. */
function* findSeries(table: FamilyTable, search: string): Steps<number[]> {
  if (isFound(table, search)) return [...table.order];
  const found: number[] = [];
  for (const [at, series] of table.order.entries()) {
    const labels = table.labels[series] as readonly LabelPair[];
    if (labels.some(([name, value]) => `${name}=${value}`.toLowerCase().includes(search))) {
      found.push(series);
    }
    if (at % REPORT_STEP_SERIES === 0) yield;
  }
  return found;
}

type Summary = Pick<FamilyReport, 'total' | 'sum' | 'lowest' | 'highest' | 'buckets'>;

function* summary(table: FamilyTable): Steps<Summary> {
  if (table.type === 'gauge') return yield* extremes(table);
  const { type, width, values, bounds } = table;
  const sums = new Float64Array(width);
  for (let i = 0; i < values.length; i += width) {
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + (values[i + j] as number);
    if ((i / width) % REPORT_STEP_SERIES === 0) yield;
  }
  const [first = 0, second = 0] = sums;
  if (type === 'counter') return { total: first };
  if (type === 'summary') return { total: first, sum: second };
  let total = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    total += sums[i] as number;
    return { le: formatValue(bound), count: total };
  });
  return { total, sum: sums[width - 1] as number, buckets };
}

function* extremes({ values }: FamilyTable): Steps<Summary> {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    if (i % REPORT_STEP_SERIES === 0) yield;
  }
  return lowest <= highest ? { lowest, highest } : {};
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
