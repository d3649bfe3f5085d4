import { escapeHelp, escapeLabelValue } from './escape.js';
import { formatCanonicalBound, formatValue } from './numbers.js';

export type FormatName = 'text' | 'openmetrics';

/** What differs between the two formats. */
export interface Format {
  readonly contentType: string;
  /** Name in the `HELP` and `TYPE` lines. */
  familyName(name: string, type: string): string;
  /** Name of a sample that has no suffix of its own. */
  sampleName(name: string, type: string): string;
  escapeHelp(help: string): string;
  formatBound(bound: number): string;
  /** Whether lines may have exemplars. */
  readonly exemplars: boolean;
  /** What ends the page. */
  readonly end: string;
}

const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const TOTAL = '_total';

/** Prometheus text format 0.0.4. */
const text: Format = {
  contentType: TEXT_TYPE,
  familyName: (name) => name,
  sampleName: (name) => name,
  escapeHelp,
  formatBound: formatValue,
  exemplars: false,
  end: '',
};

/** OpenMetrics 1.0: a counter's family has no `_total`, its samples have. */
const openmetrics: Format = {
  contentType: OPENMETRICS_TYPE,
  familyName: (name, type) =>
    type === 'counter' && name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name,
  sampleName: (name, type) => (type === 'counter' && !name.endsWith(TOTAL) ? name + TOTAL : name),
  escapeHelp: escapeLabelValue,
  formatBound: formatCanonicalBound,
  exemplars: true,
  end: '# EOF\n',
};

export const FORMATS: Readonly<Record<FormatName, Format>> = { text, openmetrics };

/** Content type of a page in the Prometheus text format. */
export const contentType = TEXT_TYPE;

/** Content type of a page in OpenMetrics 1.0. */
export const openMetricsContentType = OPENMETRICS_TYPE;
