import type { Liveness } from '../../processes/liveness.js';
import { printable } from '../printable.js';
import { type Column, table } from '../table.js';
import { cut, type Drawing } from '../terminal.js';
import { counted, formatBytes, formatCount, formatDuration } from '../units.js';
import type { Rated, Rates, SeriesReading } from './rates.js';
import type { Snapshot, WriterReading } from './snapshot.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const WRITER_COLUMNS: readonly Column[] = [
  { title: 'WRITER', align: 'left' },
  { title: 'STATE', align: 'left' },
  { title: 'AGE', align: 'right' },
  { title: 'HEARTBEAT', align: 'right' },
  { title: 'RATE/S', align: 'right' },
  { title: 'SERIES', align: 'right' },
  { title: 'SIZE', align: 'right' },
];

const SERIES_COLUMNS: readonly Column[] = [
  { title: 'RATE/S', align: 'right' },
  { title: 'VALUE', align: 'right' },
  { title: 'SERIES', align: 'left' },
];

/** Two lines above, a blank one and a header above each table. */
const LINES_AROUND = 6;
/** Without a terminal there is no end to the page: this much of it is of use. */
export const UNBOUNDED: Size = {
  columns: Number.POSITIVE_INFINITY,
  rows: Number.POSITIVE_INFINITY,
};
const MAX_SERIES_SHOWN = 50;

/** What fits on the screen: the writers, at most half of it, and the busiest series. */
export function view(
  snapshot: Snapshot,
  rates: Rates,
  size: Size,
  { width, colours }: Drawing,
): string[] {
  const room = Math.max(0, size.rows - LINES_AROUND);
  const writerRoom = Math.max(Math.ceil(room / 2), room - rates.series.length);
  const writers = rates.writers.slice(0, writerRoom);
  const seriesRoom = Math.min(room - writers.length, MAX_SERIES_SHOWN);
  const fit = (line: string) => cut(line, size.columns, width);
  const [writerHead = '', ...writerLines] = table(WRITER_COLUMNS, writers.map(writerRow), width);
  const [seriesHead = '', ...seriesLines] = table(
    SERIES_COLUMNS,
    rates.series.slice(0, seriesRoom).map(seriesRow),
    width,
  );
  const paint: Record<Liveness, (text: string) => string> = {
    live: (text) => text,
    hidden: colours.yellow,
    dead: colours.dim,
  };
  return [
    colours.bold(fit(title(snapshot))),
    fit(totals(snapshot)),
    '',
    colours.inverse(fit(writerHead)),
    ...writerLines.map((line, i) =>
      paint[(writers[i] as Rated<WriterReading>).what.liveness](fit(line)),
    ),
    '',
    colours.inverse(fit(seriesHead)),
    ...seriesLines.map(fit),
  ].slice(0, size.rows);
}

function title({ directories, atMs }: Snapshot): string {
  const [first = 'no directory', ...others] = directories.map(printable);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${new Date(atMs).toISOString().slice(11, 19)}Z  ${first}${more}`;
}

function totals({ writers, series, skipped }: Snapshot): string {
  const count = (state: Liveness) => writers.filter(({ liveness }) => liveness === state).length;
  const states = `${count('live')} live, ${count('hidden')} hidden, ${count('dead')} dead`;
  const left = skipped === 0 ? '' : `; ${counted(skipped, 'file')} skipped`;
  return `${counted(writers.length, 'writer')}: ${states}; ${formatCount(series.size)} series that count${left}`;
}

function writerRow({ what, perSecond }: Rated<WriterReading>): string[] {
  return [
    what.name,
    what.liveness,
    formatDuration(what.ageMs),
    formatDuration(what.heartbeatAgeMs),
    rateText(perSecond),
    formatCount(what.series),
    formatBytes(what.sizeBytes),
  ];
}

function seriesRow({ what, perSecond }: Rated<SeriesReading>): string[] {
  return [rateText(perSecond), formatCount(what.value), what.name];
}

function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? '-' : formatCount(perSecond);
}
