import type { Conflicts } from '../merge/claims.js';
import type { BackendName } from '../model/backend.js';
import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import type { Liveness } from '../processes/liveness.js';

/** Begin of the names of the library's own metrics. */
export const SELF_PREFIX = 'prom_multiproc_';

/** What a collector says of itself on every page, unless switched off. */
export interface CollectorFacts {
  readonly version: string;
  readonly backend: BackendName;
  readonly writers: Readonly<Record<Liveness, number>>;
  readonly series: number;
  readonly fileBytes: Readonly<Record<'archive' | 'writer', number>>;
  /** When the youngest live writer began, since the epoch; 0 where there is none. */
  readonly newestWriterSeconds: number;
  readonly durationSeconds: number;
  readonly filesSkipped: number;
  readonly conflicts: Readonly<Conflicts>;
}

interface SelfMetric {
  readonly name: string;
  readonly help: string;
  rows(facts: CollectorFacts): readonly (readonly [labels: readonly LabelPair[], value: number])[];
}

const SELF_METRICS: readonly SelfMetric[] = [
  {
    name: 'collect_duration_seconds',
    help: 'Time that this process needed to read and merge all files for this page.',
    rows: ({ durationSeconds }) => [[[], durationSeconds]],
  },
  {
    name: 'conflicts',
    help: 'Writers whose metrics could not be merged whole, by what they disagree on with the newest writer, and live ones whose name an older one has.',
    rows: ({ conflicts: { buckets, mode, name, type } }) => [
      [[['reason', 'buckets']], buckets],
      [[['reason', 'mode']], mode],
      [[['reason', 'name']], name],
      [[['reason', 'type']], type],
    ],
  },
  {
    name: 'file_bytes',
    help: 'Sizes of the files of this page, by what wrote them: archives, which hold what dead writers left, and writers.',
    rows: ({ fileBytes: { archive, writer } }) => [
      [[['kind', 'archive']], archive],
      [[['kind', 'writer']], writer],
    ],
  },
  {
    name: 'files_skipped',
    help: 'Files in the directory that this process could not read for this page.',
    rows: ({ filesSkipped }) => [[[], filesSkipped]],
  },
  {
    name: 'info',
    help: 'Version of the library and backend of the process that made this page.',
    rows: ({ version, backend }) => [
      [
        [
          ['version', version],
          ['backend', backend],
        ],
        1,
      ],
    ],
  },
  {
    name: 'newest_writer_start_time_seconds',
    help: 'When the youngest of the live processes and threads made its file, since the epoch; 0 where none lives.',
    rows: ({ newestWriterSeconds }) => [[[], newestWriterSeconds]],
  },
  {
    name: 'series',
    help: 'Series on this page, before those of this library itself.',
    rows: ({ series }) => [[[], series]],
  },
  {
    name: 'writers',
    help: 'Processes and threads with a file, by state: live, hidden (marked or silent, not known to be dead) or dead.',
    rows: ({ writers: { dead, hidden, live } }) => [
      [[['state', 'dead']], dead],
      [[['state', 'hidden']], hidden],
      [[['state', 'live']], live],
    ],
  },
];

/** The self-metrics as families, sorted by name. */
export class SelfMetrics {
  #families: readonly (FamilyTable & { stamp: number })[] = [];

  /** The same families at every call, with new values, as long as labels stay the same. */
  families(facts: CollectorFacts): readonly FamilyTable[] {
    const rows = SELF_METRICS.map((metric) => metric.rows(facts));
    if (this.#families.length === 0) {
      this.#families = SELF_METRICS.map(({ name, help }, i) => ({
        name: SELF_PREFIX + name,
        help,
        type: 'gauge',
        bounds: [],
        width: 1,
        labels: (rows[i] ?? []).map(([labels]) => labels),
        order: Int32Array.from(rows[i]?.keys() ?? []),
        values: new Float64Array(rows[i]?.length ?? 0),
        stamp: 0,
      }));
    }
    this.#families.forEach((family, i) => {
      family.stamp++;
      rows[i]?.forEach(([, value], row) => {
        family.values[row] = value;
      });
    });
    return this.#families;
  }
}
