import { basename } from 'node:path';
import { errorCode, errorMessage, isBadFile, isOutOfDescriptors } from '../errors.js';
import type { Backend } from '../mapping/mapping.js';
import type { SkippedFile } from '../model/report.js';
import { stampAt } from '../processes/directory.js';
import { FileSource } from '../processes/file-source.js';
import { isDeadByLock, type Observer } from '../processes/liveness.js';
import { WriterListing } from '../processes/writer-listing.js';
import { atOnce, type Steps } from '../steps.js';
import { FinalCopies, type FinalReading } from '../store/final-copies.js';
import { Reader } from '../store/reader.js';
import { RecordCatalog } from '../store/record-catalog.js';
import type { Writer } from '../store/writer.js';
import { ArchiveView } from './archive-view.js';

/** Files without news that are read in one step: each takes as long as a few steps do. */
const QUIET_FILES_PER_STEP = 4;
const NO_NAMES: ReadonlySet<string> = new Set();

/** A file that is no good. */
interface Rejected {
  /** It is looked at again when it has another. */
  readonly stamp: string;
  readonly reason: string;
}

/**
 * The files of one directory, as of the last `scan`: the archive and the writers that it
 * does not name. Known files stay open. See `compactDirectory` for why nothing is missed
 * or counted twice when a compaction runs meanwhile.
 */
export class DirectoryView {
  readonly path: string;
  readonly #backend: Backend;
  readonly #observer: Observer;
  readonly #report: (error: unknown) => void;
  /** The writer of this thread that has a file here. */
  readonly #own: () => Writer | undefined;
  readonly #catalog = new RecordCatalog();
  readonly #final: FinalReading;
  readonly #writers = new Map<string, FileSource>();
  readonly #listing: WriterListing;
  readonly #rejected = new Map<string, Rejected>();
  readonly #archive: ArchiveView;
  #skipped: SkippedFile[] = [];
  /** Writers' files that are to be read, and what that was decided by. */
  #listed: ReadonlySet<string> = NO_NAMES;
  #basis:
    | {
        readonly absorbed: ReadonlySet<string>;
        readonly paths: readonly string[];
        readonly own: string | undefined;
      }
    | undefined;
  /** Whether the last scan did not come to its end: nobody was told what it had changed. */
  #failed = false;

  constructor(
    path: string,
    backend: Backend,
    observer: Observer,
    report: (error: unknown) => void,
    own: () => Writer | undefined = () => undefined,
  ) {
    this.path = path;
    this.#own = own;
    this.#listing = new WriterListing(path);
    this.#backend = backend;
    this.#observer = observer;
    this.#final = {
      isFinal: (header, lock) => isDeadByLock(header, lock, observer),
      copies: new FinalCopies(),
    };
    this.#report = report;
    const open = (archive: string) => this.#spared(() => FileSource.open(backend, archive));
    this.#archive = new ArchiveView(path, open, report);
  }

  /** The archive, where there is one, and all writers that are not in it. */
  get sources(): FileSource[] {
    const writers = [...this.#writers.values()];
    const { source } = this.#archive;
    return source === undefined ? writers : [source, ...writers];
  }

  /** Writers that are not in the archive. */
  get writers(): Iterable<FileSource> {
    return this.#writers.values();
  }

  /** Files that the last scan could not read. */
  get skipped(): readonly SkippedFile[] {
    return this.#skipped;
  }

  /**
   * Brings the view up to date; true when files, series or who lives have changed.
   *
   * @throws DirectoryError when there is no such directory
   */
  scan(): boolean {
    return atOnce(this.steps());
  }

  /** `scan` in steps: one for each file with news, and for a few without. */
  *steps(): Steps<boolean> {
    this.#skipped = [];
    let changed = this.#failed;
    this.#failed = true;
    // The archive before the listing: what it does not name was not unlinked when it was opened.
    const noNews = this.#hasNoArchive();
    if (!noNews && this.#archive.refresh()) changed = true;
    const { failure } = this.#archive;
    if (failure !== undefined) this.#skip(this.#archive.path, failure);
    if (this.#list(noNews)) changed = true;
    let quiet = 0;
    for (const path of this.#listed) {
      const found = this.#refresh(path);
      const news = typeof found === 'boolean' ? found : yield* found;
      if (news) changed = true;
      if (news || ++quiet % QUIET_FILES_PER_STEP === 0) yield;
    }
    this.#failed = false;
    if (changed) this.#catalog.letGoOfMemory();
    return changed;
  }

  /** Whether what was read since the last scan is the state of one moment. */
  isStable(): boolean {
    return this.#hasNoArchive() || this.#archive.isUnchanged();
  }

  close(): void {
    for (const [path, source] of this.#writers) this.#drop(path, source);
    this.#archive.close();
    this.#basis = undefined;
  }

  /** Whether there was no archive, and no name has come since. */
  #hasNoArchive(): boolean {
    return this.#archive.isAbsent && this.#listing.isCurrent();
  }

  /** Finds out which writers there are, and lets go of those that are not; true when there were some. */
  #list(noNews: boolean): boolean {
    const absorbed = this.#archive.source?.reader.absorbed ?? NO_NAMES;
    const paths = noNews ? this.#listing.last : this.#paths();
    const own = this.#own()?.mapping.path;
    const basis = this.#basis;
    if (basis?.absorbed === absorbed && basis.paths === paths && basis.own === own) return false;
    this.#basis = { absorbed, paths, own };
    const listed = new Set(
      absorbed.size === 0 ? paths : paths.filter((path) => !absorbed.has(basename(path))),
    );
    // Its values are here whatever became of the file.
    if (own !== undefined && !absorbed.has(basename(own))) listed.add(own);
    this.#listed = listed;
    for (const path of this.#rejected.keys()) if (!listed.has(path)) this.#rejected.delete(path);
    const gone = [...this.#writers].filter(([path]) => !listed.has(path));
    for (const [path, source] of gone) this.#drop(path, source);
    return gone.length > 0;
  }

  /** Paths of the writers' files. Without a descriptor to list them with, those that are known serve. */
  #paths(): readonly string[] {
    try {
      return this.#spared(() => this.#listing.paths());
    } catch (error) {
      if (!isOutOfDescriptors(error) || this.#writers.size === 0) throw error;
      this.#report(error);
      return [...this.#writers.keys()];
    }
  }

  /** True when files, series or who lives have changed. In steps where a file has much that is new. */
  #refresh(path: string): boolean | Steps<boolean> {
    const rejected = this.#rejected.get(path);
    if (rejected !== undefined) {
      if (rejected.stamp === stampAt(path)) {
        this.#skip(path, rejected.reason);
        return false;
      }
      this.#rejected.delete(path);
    }
    const known = this.#writers.get(path);
    try {
      if (known?.liveness === 'dead') {
        // Cut off, its memory is a signal to whoever touches it; and the name of a writer that
        // made its file anew, and let go of the old one just then, leads to the new one.
        if (known.isUntouched) return false;
        this.#drop(path, known);
      }
      const ahead = known === undefined ? this.#sourceAt(path).reader.readAhead() : undefined;
      if (ahead !== undefined) return this.#refreshAfter(ahead, path, known);
      return this.#read(path) || known !== this.#writers.get(path);
    } catch (error) {
      this.#leaveOut(path, error);
      return known !== undefined;
    }
  }

  *#refreshAfter(ahead: Steps<void>, path: string, known: FileSource | undefined): Steps<boolean> {
    try {
      yield* ahead;
      return this.#read(path) || known !== this.#writers.get(path);
    } catch (error) {
      this.#leaveOut(path, error);
      return known !== undefined;
    }
  }

  /** The file cannot be read: whatever was known of it is of no use. */
  #leaveOut(path: string, error: unknown): void {
    const source = this.#writers.get(path);
    if (source !== undefined) this.#drop(path, source);
    // Gone between listing and opening: absorbed, which `isStable` tells, or cleaned away.
    if (errorCode(error) === 'ENOENT') return;
    const reason = errorMessage(error);
    this.#skip(path, reason);
    if (isBadFile(error)) this.#rejected.set(path, { stamp: stampAt(path), reason });
    this.#report(error);
  }

  /** Reads what is new; true when that, or who lives, has changed. */
  #read(path: string): boolean {
    const source = this.#sourceAt(path);
    const changed = source.readAndJudge(this.#observer);
    if (source.reader.superseded) {
      // The writer has made a new file of this name, and counts there.
      this.#drop(path, source);
      this.#read(path);
      return true;
    }
    // The dead write nothing more.
    if (source.liveness === 'dead') source.settle();
    return changed;
  }

  #sourceAt(path: string): FileSource {
    let source = this.#writers.get(path);
    if (source === undefined) {
      source = this.#open(path);
      this.#writers.set(path, source);
    }
    return source;
  }

  #open(path: string): FileSource {
    const own = this.#own();
    if (own?.mapping.path === path) {
      return new FileSource(new Reader(own.mapping.reader(), this.#catalog));
    }
    return this.#spared(() => FileSource.open(this.#backend, path, this.#catalog, this.#final));
  }

  /** Does what takes a descriptor, if need be one that the observer can do without. */
  #spared<T>(take: () => T): T {
    try {
      return take();
    } catch (error) {
      if (!isOutOfDescriptors(error) || this.#observer.giveBack?.() !== true) throw error;
      return take();
    }
  }

  #skip(file: string, reason: string): void {
    this.#skipped.push({ file, reason });
  }

  #drop(path: string, source: FileSource): void {
    this.#writers.delete(path);
    source.reader.close();
  }
}
