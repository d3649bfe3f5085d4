import { FileKind } from '../format/layout.js';
import type { MergeSource } from '../merge/source.js';
import type { StoredMetric, StoredSeries } from '../model/metric.js';
import type { Reader } from '../store/reader.js';
import { type Liveness, liveness, type Observer } from './liveness.js';

/** One writer's file as a source of a merge. */
export class FileSource implements MergeSource {
  readonly reader: Reader;
  #liveness: Liveness = 'live';
  /** The reader's version when `metrics` and `series` were taken. */
  version = -1;
  metrics: readonly StoredMetric[] = [];
  series: readonly StoredSeries[] = [];

  constructor(reader: Reader) {
    this.reader = reader;
  }

  get isArchive(): boolean {
    return this.reader.header.kind === FileKind.archive;
  }

  get writerLabel(): string | undefined {
    if (this.isArchive) return undefined;
    const { pid, threadId } = this.reader.header;
    return threadId === 0 ? String(pid) : `${pid}-${threadId}`;
  }

  get liveness(): Liveness {
    return this.isArchive ? 'dead' : this.#liveness;
  }

  get live(): boolean {
    return this.liveness === 'live';
  }

  get aliveMs(): number {
    return this.reader.heartbeatMs;
  }

  /** What an archive holds is older than what any writer holds. */
  get createdMs(): number {
    return this.isArchive ? 0 : this.reader.header.createdMs;
  }

  locate(slot: number): { readonly values: Float64Array; readonly index: number } {
    return this.reader.locate(slot);
  }

  /** Finds out whether the writer lives; true when that has changed. The dead stay dead. */
  judge(observer: Observer): boolean {
    const before = this.liveness;
    if (before === 'dead') return false;
    const { reader } = this;
    const { header, state, mark, heartbeatMs } = reader;
    const probeLock = () => reader.probeLock();
    this.#liveness = liveness({ header, state, mark, heartbeatMs, probeLock }, observer);
    return this.#liveness !== before;
  }

  /** Reads what is new and finds out whether the writer lives; true when either has changed. */
  readAndJudge(observer: Observer): boolean {
    const updated = this.update();
    const judged = this.judge(observer);
    // It may have written between the two: what it wrote last is to be in.
    if (judged && this.liveness === 'dead') this.update();
    return updated || judged;
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
