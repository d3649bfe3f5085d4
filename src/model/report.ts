import type { BackendName } from './backend.js';
import type { GaugeMode, MetricType } from './metric.js';

/** A number in JSON, which has none for these three: they are text, as on the page. */
export type JsonNumber = number | 'NaN' | '+Inf' | '-Inf';

/** `Sample` in JSON. */
export interface SampleReport {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: JsonNumber;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: JsonNumber;
    readonly timestampSeconds: number;
  };
}

/** Observations of a histogram up to a bound, over all of its series. */
export interface BucketReport {
  /** As the label `le` on the page. */
  readonly le: string;
  /** Cumulative. */
  readonly count: JsonNumber;
}

/** A family, in numbers that are of all its series, and with samples of some. */
export interface FamilyReport {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** The base unit that the name ends with, such as `seconds`. */
  readonly unit?: string;
  /** How writers' values became one: of gauges that writers have. */
  readonly mode?: GaugeMode;
  readonly series: number;
  /** Sum over all series: of a histogram and a summary, of their counts. Of a gauge none. */
  readonly total?: JsonNumber;
  /** Sum of what all series of a histogram or a summary observed. */
  readonly sum?: JsonNumber;
  /** The least and the greatest value of a gauge's series that are no NaN. */
  readonly lowest?: JsonNumber;
  readonly highest?: JsonNumber;
  /** Of a histogram. */
  readonly buckets?: readonly BucketReport[];
  /** Series that the search found: all of them where it found the family, or there is none. */
  readonly found: number;
  /** Of those found, how many there are samples of: see `limit`. */
  readonly shown: number;
  /** Lines of the page, series by series in its order. */
  readonly samples: readonly SampleReport[];
}

/** A process or a thread of one, with a file that is in no archive yet. */
export interface WriterReport {
  /** What tells its series of a gauge apart whose mode shows each: the label `pid`. */
  readonly label: string;
  readonly pid: number;
  /** 0 for the main thread, else `worker_threads.threadId`. */
  readonly thread: number;
  readonly host: string;
  /** `hidden`: marked or silent, and not known to be dead. */
  readonly state: 'live' | 'hidden' | 'dead';
  readonly backend: BackendName;
  readonly series: number;
  /** Since it made its file. */
  readonly ageSeconds: number;
  /** Since its last heartbeat. */
  readonly silentSeconds: number;
  /** Empty where it keeps its metrics in memory. */
  readonly file: string;
}

/** A file in a directory that a reader could not read. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** What dead writers left, merged. */
export interface ArchiveReport {
  readonly file: string;
  readonly series: number;
}

/** What `/api/families` answers: the merged page and how it came about, as data. */
export interface FamiliesReport {
  /** When it was made, as ISO 8601. */
  readonly time: string;
  readonly version: string;
  /** Of the process that made it: `memory` where it read no directory. */
  readonly backend: BackendName;
  /** Time to read and merge all files. */
  readonly durationSeconds: number;
  /** Of all families but the library's own. */
  readonly series: number;
  /** Numbers of all writers, by state. */
  readonly writerCounts: Readonly<Record<WriterReport['state'], number>>;
  /** Live ones first; at most `MAX_REPORT_WRITERS`. */
  readonly writers: readonly WriterReport[];
  readonly archives: readonly ArchiveReport[];
  readonly skippedCount: number;
  /** At most `MAX_REPORT_SKIPPED`. */
  readonly skipped: readonly SkippedFile[];
  /** `prom_multiproc_errors_total`: failures in all processes. */
  readonly errors: readonly { readonly reason: string; readonly count: JsonNumber }[];
  /** Writers whose metrics could not be merged whole, by what they disagree on with the newest. */
  readonly conflicts: Readonly<Record<'type' | 'mode' | 'buckets', number>>;
  /** Families that the filters let through. */
  readonly familyCount: number;
  /** Sorted by name; at most `MAX_REPORT_FAMILIES`. */
  readonly families: readonly FamilyReport[];
}
