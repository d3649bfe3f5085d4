import { FileKind } from '../format/layout.js';
import type { Backend } from '../mapping/mapping.js';
import type { MergeSource } from '../merge/source.js';
import type { ExemplarEntry } from '../model/exemplar.js';
import { Contents } from '../store/contents.js';
import { StoredExemplar } from '../store/exemplar-entry.js';
import type { FinalReading } from '../store/final-copies.js';
import { HeldValues } from '../store/held-values.js';
import { Reader } from '../store/reader.js';
import type { RecordCatalog } from '../store/record-catalog.js';
import { stampAt, stampOf } from './directory.js';
import { threadLabel } from './identity.js';
import { type Ground, judge, type Liveness, type Observer } from './liveness.js';

/** One writer's file as a source of a merge. */
export class FileSource implements MergeSource {
  readonly reader: Reader;
  readonly isArchive: boolean;
  /** What an archive holds is older than what any writer holds. */
  readonly createdMs: number;
  #liveness: Liveness = 'live';
  #ground: Ground | undefined;
  /** As of the last `update` or `hold`. */
  contents: Contents | HeldValues = Contents.EMPTY;
  #held: HeldValues | undefined;
  #finalStamp: string | undefined;

  /** Opens a file: see `Reader.open`. */
  static open(
    backend: Backend,
    path: string,
    catalog?: RecordCatalog,
    final?: FinalReading,
  ): FileSource {
    return new FileSource(Reader.open(backend, path, catalog, final));
  }

  constructor(reader: Reader) {
    const { kind, createdMs } = reader.header;
    this.reader = reader;
    this.isArchive = kind === FileKind.archive;
    this.createdMs = this.isArchive ? 0 : createdMs;
  }

  get writerLabel(): string | undefined {
    if (this.isArchive) return undefined;
    const { header } = this.reader;
    return header.name === '' ? threadLabel(header) : header.name;
  }

  get writerId(): string {
    const { host, bootId, pidNamespace, pid, startTicks, threadId } = this.reader.header;
    return JSON.stringify([host, bootId, pidNamespace, pid, startTicks, threadId]);
  }

  get liveness(): Liveness {
    return this.isArchive ? 'dead' : this.#liveness;
  }

  /** What told whether the writer lives; undefined before anybody asked, and for an archive. */
  get ground(): Ground | undefined {
    return this.#ground;
  }

  get live(): boolean {
    return this.liveness === 'live';
  }

  get aliveMs(): number {
    return this.reader.heartbeatMs;
  }

  extent(number: number): Float64Array {
    return this.#held?.values ?? this.reader.extent(number);
  }

  exemplar(slot: number): ExemplarEntry {
    const { extent, index } = this.contents.place(slot);
    return new StoredExemplar(this.extent(extent), index);
  }

  /** Whether values read since the last `update` may stand under the labels of other series. */
  get slotsMoved(): boolean {
    if (this.liveness === 'dead' || this.#held !== undefined) return false;
    return this.reader.slotsMoved;
  }

  /**
   * Keeps values as they are now, until the next `update`, and leaves out series that are
   * removed meanwhile: for a writer that moves slots faster than they can be read.
   *
   * @throws FileFormatError when the file contradicts the format
   */
  hold(): void {
    if (this.liveness === 'dead') return;
    this.#held = new HeldValues(this.reader);
    this.contents = this.#held;
  }

  /** Finds out whether the writer lives; true when that has changed. The dead stay dead. */
  judge(observer: Observer): boolean {
    const before = this.liveness;
    if (before === 'dead') return false;
    const { liveness, ground } = judge(this.reader, observer);
    this.#liveness = liveness;
    if (!this.isArchive) this.#ground = ground;
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

  /**
   * Closes the file of a writer that is dead: there may be more of them than descriptors.
   * What was read stays.
   */
  settle(): void {
    this.#finalStamp ??= this.stamp;
    this.reader.close();
  }

  /** Of the open file: see `stampAt`. */
  get stamp(): string {
    return stampOf(this.reader.inode, this.reader.size);
  }

  /** Whether the file of a writer that is dead is what it was when it was settled. */
  get isUntouched(): boolean {
    return stampAt(this.reader.path) === this.#finalStamp;
  }

  /** Reads what is new; true when metrics or series are others than before. */
  update(): boolean {
    this.reader.update();
    this.#held = undefined;
    if (this.reader.contents === this.contents) return false;
    this.contents = this.reader.contents;
    return true;
  }
}
