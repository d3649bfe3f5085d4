import { basename } from 'node:path';
import { printable } from '../printable.js';
import { type Column, table } from '../table.js';
import type { Drawing } from '../terminal.js';
import { counted, formatBytes, formatDuration } from '../units.js';
import type { DirectoryReport } from './directory-report.js';
import type { BadFileReport, FileReport, Use } from './file-report.js';

/** The facts about one file, in lines. */
export function showFile(report: FileReport, width: Drawing['width']): string[] {
  const { header, records, gone } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['file', report.path],
    ['kind', `${report.kind}, format version ${report.formatVersion}, backend ${header.backend}`],
    ['writer', writerOf(report)],
    ['machine', machineOf(report)],
    ['made', new Date(header.createdMs).toISOString()],
    ['state', stateOf(report)],
    ['heartbeat', `${formatDuration(report.heartbeatAgeMs)} ago`],
    [
      'records',
      `${counted(records.metrics, 'metric')}, ${records.series} series, ${formatBytes(records.bytes)}; gone: ${counted(gone.metrics, 'metric')}, ${gone.series} series`,
    ],
    ['slots', useOf(report.slots)],
    ['exemplars', useOf(report.exemplars)],
    [
      'space',
      `${formatBytes(report.bytes.used)} used, ${formatBytes(report.bytes.reserved)} reserved`,
    ],
  ];
  const rows = report.metrics.map(({ name, type, mode, labelNames, series, slots }) => [
    printable(name),
    mode === undefined ? type : `${type} ${mode}`,
    printable(labelNames.join(',')),
    String(series),
    String(slots),
  ]);
  return [
    ...facts.map(([name, value]) => `${name.padEnd(10)} ${printable(value)}`),
    ...(rows.length === 0 ? [] : ['', ...table(METRIC_COLUMNS, rows, width)]),
  ];
}

const METRIC_COLUMNS: readonly Column[] = [
  { title: 'METRIC', align: 'left' },
  { title: 'TYPE', align: 'left' },
  { title: 'LABELS', align: 'left' },
  { title: 'SERIES', align: 'right' },
  { title: 'SLOTS', align: 'right' },
];

export function showBadFile({ path, error }: BadFileReport): string[] {
  return [`${'file'.padEnd(10)} ${printable(path)}`, `${'damaged'.padEnd(10)} ${errorOf(error)}`];
}

/** A directory's files, a line each. */
export function showDirectory(report: DirectoryReport, width: Drawing['width']): string[] {
  const { directory, files, bad, others } = report;
  const rows = files.map((file) => [
    printable(basename(file.path)),
    file.liveness ?? file.kind,
    formatDuration(file.heartbeatAgeMs),
    file.header.backend,
    String(file.records.series),
    formatBytes(file.bytes.used),
    formatBytes(file.bytes.reserved),
    file.because ?? `it holds what ${counted(file.absorbs, 'file')} and those before had`,
  ]);
  return [
    printable(directory),
    ...(rows.length === 0 ? ['no file of a writer'] : table(FILE_COLUMNS, rows, width)),
    ...bad.map(({ path, error }) => `damaged: ${printable(basename(path))}: ${errorOf(error)}`),
    ...others.map(({ name, kind }) => `${kind}: ${printable(name)}`),
    totalOf(report),
  ];
}

const FILE_COLUMNS: readonly Column[] = [
  { title: 'FILE', align: 'left' },
  { title: 'STATE', align: 'left' },
  { title: 'HEARTBEAT', align: 'right' },
  { title: 'BACKEND', align: 'left' },
  { title: 'SERIES', align: 'right' },
  { title: 'USED', align: 'right' },
  { title: 'RESERVED', align: 'right' },
  { title: 'BECAUSE', align: 'left' },
];

function totalOf({ files, bad }: DirectoryReport): string {
  const count = (wanted: FileReport['liveness']) =>
    files.filter(({ kind, liveness }) => kind === 'writer' && liveness === wanted).length;
  const reserved = files.reduce((sum, { bytes }) => sum + bytes.reserved, 0);
  return `${counted(files.length, 'file')}, ${formatBytes(reserved)}; ${count('live')} live, ${count('hidden')} hidden, ${count('dead')} dead, ${bad.length} damaged`;
}

function writerOf({ header, kind }: FileReport): string {
  const { name, pid, threadId } = header;
  if (kind === 'archive') return `compacted by process ${pid}`;
  const thread = threadId === 0 ? 'main thread' : `thread ${threadId}`;
  return `process ${pid}, ${thread}${name === '' ? '' : `, named ${name}`}`;
}

function machineOf({ header }: FileReport): string {
  const { host, pidNamespace, bootId, startTicks } = header;
  return [
    `host ${host === '' ? 'unknown' : host}`,
    `pid namespace ${pidNamespace || 'unknown'}`,
    `boot ${bootId === '' ? 'unknown' : bootId}`,
    `process started ${startTicks} ticks after it`,
  ].join(', ');
}

function stateOf({
  liveness,
  because,
  marked,
  closed,
  absorbed,
  absorbs,
  kind,
}: FileReport): string {
  if (kind === 'archive') return `archive, names ${counted(absorbs, 'file')} as absorbed`;
  const words = [
    ...(closed ? ['closed by its writer'] : []),
    ...(marked ? ['marked dead'] : []),
    ...(absorbed ? ['absorbed by the archive'] : []),
  ];
  return [`${liveness}: ${because}`, ...words].join('; ');
}

function useOf({ used, reserved }: Use): string {
  return `${used} used, ${reserved} reserved`;
}

function errorOf({ name, message }: BadFileReport['error']): string {
  return printable(`${name}: ${message}`);
}
