import { errorCode, FileFormatError } from '../../errors.js';
import { EXEMPLAR_BYTES } from '../../format/exemplars.js';
import type { FileHeader } from '../../format/header.js';
import {
  ChunkKind,
  FORMAT_VERSION,
  HEADER_BYTES,
  Mark,
  SLOT_BYTES,
  WriterState,
} from '../../format/layout.js';
import type { Backend } from '../../mapping/mapping.js';
import { exemplarsPerSeries, type StoredMetric, slotsPerSeries } from '../../model/metric.js';
import { FileSource } from '../../processes/file-source.js';
import type { Ground, Liveness, Observer } from '../../processes/liveness.js';
import type { Contents } from '../../store/contents.js';
import type { Reader } from '../../store/reader.js';

/** What is in use of something, of all that is set aside for it. */
export interface Use {
  readonly used: number;
  readonly reserved: number;
}

export interface MetricReport {
  readonly name: string;
  readonly type: string;
  /** Of a gauge. */
  readonly mode: string | undefined;
  readonly labelNames: readonly string[];
  readonly series: number;
  readonly slots: number;
}

/** What one file says of itself, and what is known of its writer. */
export interface FileReport {
  readonly path: string;
  readonly kind: 'writer' | 'archive';
  readonly formatVersion: number;
  readonly header: Omit<FileHeader, 'kind'>;
  /** Undefined for an archive. */
  readonly liveness: Liveness | undefined;
  readonly because: string | undefined;
  readonly heartbeatAgeMs: number;
  readonly closed: boolean;
  readonly marked: boolean;
  readonly absorbed: boolean;
  /** Of an archive: how many files it names as absorbed. */
  readonly absorbs: number;
  readonly records: { readonly bytes: number; readonly metrics: number; readonly series: number };
  /** Metrics and series that were there and are gone. */
  readonly gone: { readonly metrics: number; readonly series: number };
  readonly slots: Use;
  readonly exemplars: Use;
  readonly bytes: Use;
  readonly metrics: readonly MetricReport[];
}

/** A file that cannot be read, and why. */
export interface BadFileReport {
  readonly path: string;
  readonly error: {
    readonly name: string;
    readonly message: string;
    readonly code: string;
    /** Where in the file, in bytes. */
    readonly offset?: number;
  };
}

export interface Tools {
  readonly backend: Backend;
  readonly observer: Observer;
}

/** Reads a file as a collector would. Never throws for what is wrong with it. */
export function reportFile(path: string, { backend, observer }: Tools): FileReport | BadFileReport {
  let source: FileSource | undefined;
  try {
    source = FileSource.open(backend, path);
    source.readAndJudge(observer);
    return reportSource(source, observer.nowMs());
  } catch (error) {
    return badFile(path, error);
  } finally {
    source?.reader.close();
  }
}

export function isBad(report: FileReport | BadFileReport): report is BadFileReport {
  return 'error' in report;
}

function badFile(path: string, error: unknown): BadFileReport {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // The path is said already.
  const rest = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
  const offset = error instanceof FileFormatError ? { offset: error.offset } : {};
  return { path, error: { name, message: rest, code: errorCode(error), ...offset } };
}

function reportSource(source: FileSource, nowMs: number): FileReport {
  const { reader, isArchive } = source;
  const contents = reader.contents;
  const { kind: _kind, ...header } = reader.header;
  const heartbeatAgeMs = nowMs - reader.heartbeatMs;
  const metrics = contents.metrics.map((metric) => reportMetric(metric, contents));
  const { entries } = contents;
  return {
    path: reader.path,
    kind: isArchive ? 'archive' : 'writer',
    formatVersion: FORMAT_VERSION,
    header,
    liveness: isArchive ? undefined : source.liveness,
    because: isArchive ? undefined : reason(source, heartbeatAgeMs),
    heartbeatAgeMs,
    closed: reader.state === WriterState.closed,
    marked: reader.mark === Mark.dead,
    absorbed: reader.isAbsorbed,
    absorbs: reader.absorbed.size,
    records: {
      bytes: reader.recordBytes,
      metrics: contents.metrics.length,
      series: contents.series.length,
    },
    gone: {
      metrics: entries.metrics.length - contents.metrics.length,
      series: entries.series.length - contents.series.length,
    },
    ...space(reader, metrics),
    metrics,
  };
}

function reportMetric(metric: StoredMetric, contents: Contents): MetricReport {
  const { name, type, mode, labelNames } = metric;
  const series = contents.seriesOf(metric).length;
  const slots = series * slotsPerSeries(metric);
  return { name, type, mode: type === 'gauge' ? mode : undefined, labelNames, series, slots };
}

function space(
  reader: Reader,
  metrics: readonly MetricReport[],
): Pick<FileReport, 'slots' | 'exemplars' | 'bytes'> {
  const bytesOf = (wanted: number) =>
    reader.chunks.reduce(
      (sum, { kind, begin, end }) => sum + (kind === wanted ? end - begin : 0),
      0,
    );
  const slots = {
    used: metrics.reduce((sum, metric) => sum + metric.slots, 0),
    reserved: (bytesOf(ChunkKind.values) - HEADER_BYTES) / SLOT_BYTES,
  };
  const exemplars = {
    used: reader.series.reduce((sum, series) => sum + exemplarsOf(series), 0),
    reserved: Math.floor(bytesOf(ChunkKind.exemplars) / EXEMPLAR_BYTES),
  };
  const used =
    HEADER_BYTES + reader.recordBytes + slots.used * SLOT_BYTES + exemplars.used * EXEMPLAR_BYTES;
  return { slots, exemplars, bytes: { used, reserved: reader.size } };
}

function exemplarsOf({ metric, exemplarSlots }: Reader['series'][number]): number {
  if (exemplarSlots === undefined || exemplarsPerSeries(metric) === 0) return 0;
  return exemplarSlots.filter((slot) => slot !== undefined).length;
}

const LIVES: Readonly<Record<Ground, string>> = {
  lock: 'it holds its lock',
  'process table': 'its process runs',
  heartbeat: 'it gave a sign of life, and nothing better can be asked',
};
const IS_DEAD: Readonly<Record<Ground, string>> = {
  lock: 'its lock is free',
  'process table': 'its process is gone',
  heartbeat: 'it has been silent for too long',
};

/** Why a writer is taken for what it is. */
function reason({ liveness, ground = 'heartbeat', reader }: FileSource, silentMs: number): string {
  if (liveness === 'dead') return IS_DEAD[ground];
  if (liveness === 'live') return LIVES[ground];
  if (reader.state === WriterState.closed) return `${LIVES[ground]}, but has said that it ends`;
  if (reader.mark === Mark.dead) return `${LIVES[ground]}, but somebody has marked it dead`;
  return `silent for ${Math.round(silentMs / 1000)} s, and nothing better can be asked`;
}
