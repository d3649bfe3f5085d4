import {
  MAX_REPORT_FAMILIES,
  MAX_REPORT_SAMPLE_CHARS,
  MAX_REPORT_SKIPPED,
  MAX_REPORT_WRITERS,
} from '../limits.js';
import type { FamilyTable } from '../model/family.js';
import type { FamiliesReport, WriterReport } from '../model/report.js';
import { nowMs } from '../processes/clock.js';
import type { FileSource } from '../processes/file-source.js';
import { ERRORS_TOTAL } from '../state.js';
import type { Steps } from '../steps.js';
import { type FamilyQuery, familyJson, type SampleRoom, toJson } from './report-family.js';
import type { CollectorFacts } from './self-metrics.js';
import type { SourceList } from './source-list.js';

/** What a page was made of. */
export interface ReportSubject {
  readonly families: readonly FamilyTable[];
  /** Families of all names, filtered or not. */
  readonly all: readonly FamilyTable[];
  readonly facts: CollectorFacts;
  readonly list: Pick<SourceList, 'writers' | 'archives' | 'skipped'>;
}

const STATES = ['live', 'hidden', 'dead'] as const;

/** A `FamiliesReport` as JSON, UTF-8, in steps. */
export function* reportSteps(subject: ReportSubject, query: FamilyQuery): Steps<Buffer> {
  const room: SampleRoom = { chars: MAX_REPORT_SAMPLE_CHARS };
  const families: string[] = [];
  let familyCount = 0;
  for (const table of subject.families) {
    const full = families.length === MAX_REPORT_FAMILIES;
    const json = yield* familyJson(table, full ? { ...query, limit: 0 } : query, room);
    yield;
    if (json === undefined) continue;
    familyCount++;
    if (!full) families.push(json);
  }
  const head = toJson({ ...overview(subject), familyCount });
  return Buffer.from(`${head.slice(0, -1)},"families":[${families.join()}]}\n`);
}

function overview({
  all,
  facts,
  list,
}: ReportSubject): Omit<FamiliesReport, 'families' | 'familyCount'> {
  const { version, backend, durationSeconds, series, conflicts } = facts;
  const { writers, archives, skipped } = list;
  return {
    time: new Date().toISOString(),
    version,
    backend,
    durationSeconds,
    series,
    writerCounts: facts.writers,
    writers: [...writers].sort(byStateThenPid).slice(0, MAX_REPORT_WRITERS).map(writerReport),
    archives: archives.map(({ reader, contents }) => ({
      file: reader.path,
      series: contents.series.length,
    })),
    skippedCount: skipped.length,
    skipped: skipped.slice(0, MAX_REPORT_SKIPPED),
    errors: errorsOf(all.find(({ name }) => name === ERRORS_TOTAL)),
    conflicts,
  };
}

function writerReport({ reader, liveness, contents, writerLabel }: FileSource): WriterReport {
  const { pid, threadId, host, backend, createdMs } = reader.header;
  const now = nowMs();
  return {
    label: writerLabel ?? '',
    pid,
    thread: threadId,
    host,
    state: liveness,
    backend,
    series: contents.series.length,
    ageSeconds: secondsBetween(createdMs, now),
    silentSeconds: secondsBetween(reader.heartbeatMs, now),
    file: reader.path,
  };
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round(toMs - fromMs) / 1000);
}

function byStateThenPid(a: FileSource, b: FileSource): number {
  const { pid, threadId } = a.reader.header;
  const other = b.reader.header;
  return (
    STATES.indexOf(a.liveness) - STATES.indexOf(b.liveness) ||
    pid - other.pid ||
    threadId - other.threadId
  );
}

function errorsOf(table: FamilyTable | undefined): FamiliesReport['errors'] {
  if (table === undefined) return [];
  return [...table.order].map((series) => ({
    reason: table.labels[series]?.find(([name]) => name === 'reason')?.[1] ?? '',
    count: table.values[series * table.width] as number,
  }));
}
