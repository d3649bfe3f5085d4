import { errorCode, FileFormatError } from '../errors.js';
import type { Backend } from '../mapping/mapping.js';
import type { MergeSource } from '../merge/source.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import { listWriters, requireDirectory } from '../processes/directory.js';
import { type Liveness, liveness, type Observer } from '../processes/liveness.js';
import { Reader } from '../store/reader.js';

/** One writer's file as a source of a merge. */
export class FileSource implements MergeSource {
  readonly reader: Reader;
  liveness: Liveness = 'live';
  /** The reader's version when `metrics` and `series` were taken. */
  version = -1;
  metrics: readonly StoredMetric[] = [];
  series: readonly StoredSeries[] = [];

  constructor(reader: Reader) {
    this.reader = reader;
  }

  get writerLabel(): string {
    const { pid, threadId } = this.reader.header;
    return threadId === 0 ? String(pid) : `${pid}-${threadId}`;
  }

  get live(): boolean {
    return this.liveness === 'live';
  }

  get createdMs(): number {
    return this.reader.header.createdMs;
  }

  locate(slot: number): { readonly values: Float64Array; readonly index: number } {
    return this.reader.locate(slot);
  }

  /** Reads what is new; true when metrics or series are others than before. */
  update(): boolean {
    this.reader.update();
    if (this.reader.version === this.version) return false;
    this.version = this.reader.version;
    this.metrics = this.reader.metrics;
    this.series = this.reader.series;
    return true;
  }
}

/** The writers' files of one directory, as of the last `scan`. Known files stay open. */
export class DirectoryView {
  readonly path: string;
  readonly #backend: Backend;
  readonly #observer: Observer;
  readonly #report: (error: unknown) => void;
  readonly #sources = new Map<string, FileSource>();
  /** Files that are no good, by path: looked at once. */
  readonly #rejected = new Set<string>();
  #skipped = 0;

  constructor(
    path: string,
    backend: Backend,
    observer: Observer,
    report: (error: unknown) => void,
  ) {
    this.path = path;
    this.#backend = backend;
    this.#observer = observer;
    this.#report = report;
  }

  get sources(): Iterable<FileSource> {
    return this.#sources.values();
  }

  /** Files that the last scan could not read. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Brings the view up to date; true when files, series or who lives have changed.
   *
   * @throws DirectoryError when there is no such directory
   */
  scan(): boolean {
    requireDirectory(this.path);
    const listed = new Set(listWriters(this.path).map(({ path }) => path));
    this.#skipped = 0;
    let changed = false;
    for (const [path, source] of this.#sources) {
      if (listed.has(path)) continue;
      this.#drop(path, source);
      changed = true;
    }
    for (const path of this.#rejected) if (!listed.has(path)) this.#rejected.delete(path);
    for (const path of listed) if (this.#refresh(path)) changed = true;
    return changed;
  }

  close(): void {
    for (const [path, source] of this.#sources) this.#drop(path, source);
  }

  #refresh(path: string): boolean {
    if (this.#rejected.has(path)) {
      this.#skipped++;
      return false;
    }
    let source = this.#sources.get(path);
    try {
      if (source === undefined) {
        source = new FileSource(Reader.open(this.#backend, path));
        this.#sources.set(path, source);
      }
      const updated = source.update();
      return this.#judge(source) || updated;
    } catch (error) {
      const known = source !== undefined;
      if (source !== undefined) this.#drop(path, source);
      // Gone between listing and opening: its process ended and somebody cleaned up.
      if (errorCode(error) === 'ENOENT') return known;
      this.#skipped++;
      if (error instanceof FileFormatError) this.#rejected.add(path);
      this.#report(error);
      return known;
    }
  }

  /** Whether the writer lives; true when that has changed. The dead stay dead. */
  #judge(source: FileSource): boolean {
    if (source.liveness === 'dead') return false;
    const { reader } = source;
    const found = liveness(
      {
        header: reader.header,
        state: reader.state,
        mark: reader.mark,
        heartbeatMs: reader.heartbeatMs,
        probeLock: () => reader.probeLock(),
      },
      this.#observer,
    );
    const changed = found !== source.liveness;
    source.liveness = found;
    return changed;
  }

  #drop(path: string, source: FileSource): void {
    this.#sources.delete(path);
    source.reader.close();
  }
}
