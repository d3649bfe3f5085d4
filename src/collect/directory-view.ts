import { basename, join } from 'node:path';
import { errorCode, FileFormatError, isOutOfDescriptors } from '../errors.js';
import type { Backend } from '../mapping/mapping.js';
import { ARCHIVE_NAME, inodeAt, listWriters, requireDirectory } from '../processes/directory.js';
import { FileSource } from '../processes/file-source.js';
import type { Observer } from '../processes/liveness.js';
import { Reader } from '../store/reader.js';

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * The files of one directory, as of the last `scan`: the archive and the writers that it
 * does not name. Known files stay open. See `compactDirectory` for why nothing is missed
 * or counted twice when a compaction runs meanwhile.
 */
export class DirectoryView {
  readonly path: string;
  readonly #archivePath: string;
  readonly #backend: Backend;
  readonly #observer: Observer;
  readonly #report: (error: unknown) => void;
  readonly #writers = new Map<string, FileSource>();
  /** Files that are no good, by path: looked at once. */
  readonly #rejected = new Set<string>();
  #archive: FileSource | undefined;
  /** Inode that the archive's name led to when it was opened; 0 for none. */
  #archiveInode = 0;
  #skipped = 0;

  constructor(
    path: string,
    backend: Backend,
    observer: Observer,
    report: (error: unknown) => void,
  ) {
    this.path = path;
    this.#archivePath = join(path, ARCHIVE_NAME);
    this.#backend = backend;
    this.#observer = observer;
    this.#report = report;
  }

  /** The archive, where there is one, and all writers that are not in it. */
  get sources(): FileSource[] {
    const writers = [...this.#writers.values()];
    return this.#archive === undefined ? writers : [this.#archive, ...writers];
  }

  /** Writers that are not in the archive. */
  get writers(): Iterable<FileSource> {
    return this.#writers.values();
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
    this.#skipped = 0;
    let changed = this.#openArchive();
    // The archive before the listing: what it does not name was not unlinked when it was opened.
    const absorbed = this.#archive?.reader.absorbed ?? NO_NAMES;
    const listed = new Set(this.#list().filter((path) => !absorbed.has(basename(path))));
    for (const [path, source] of this.#writers) {
      if (listed.has(path)) continue;
      this.#drop(path, source);
      changed = true;
    }
    for (const path of this.#rejected) if (!listed.has(path)) this.#rejected.delete(path);
    for (const path of listed) if (this.#refresh(path)) changed = true;
    return changed;
  }

  /** Whether what was read since the last scan is the state of one moment. */
  isStable(): boolean {
    return inodeAt(this.#archivePath) === this.#archiveInode;
  }

  close(): void {
    for (const [path, source] of this.#writers) this.#drop(path, source);
    this.#archive?.reader.close();
    this.#archive = undefined;
    this.#archiveInode = 0;
  }

  /** Opens the archive that the name leads to now; true when it is another one. */
  #openArchive(): boolean {
    const inode = inodeAt(this.#archivePath);
    if (inode === this.#archiveInode) {
      if (inode !== 0 && this.#archive === undefined) this.#skipped++;
      return false;
    }
    this.#archive?.reader.close();
    this.#archive = undefined;
    this.#archiveInode = inode;
    if (inode === 0) return true;
    try {
      const archive = new FileSource(Reader.open(this.#backend, this.#archivePath));
      this.#archiveInode = archive.reader.inode;
      archive.update();
      this.#archive = archive;
    } catch (error) {
      // Replaced or removed since: `isStable` will tell.
      if (errorCode(error) === 'ENOENT') return true;
      this.#skipped++;
      this.#report(error);
      // Anything but the bytes themselves may be better at the next scan.
      if (!(error instanceof FileFormatError)) this.#archiveInode = 0;
    }
    return true;
  }

  /** Paths of the writers' files. Without a descriptor to list them with, those that are known serve. */
  #list(): string[] {
    try {
      return listWriters(this.path).map(({ path }) => path);
    } catch (error) {
      if (!isOutOfDescriptors(error) || this.#writers.size === 0) throw error;
      this.#report(error);
      return [...this.#writers.keys()];
    }
  }

  #refresh(path: string): boolean {
    if (this.#rejected.has(path)) {
      this.#skipped++;
      return false;
    }
    let source = this.#writers.get(path);
    try {
      if (source !== undefined && source.liveness !== 'dead') source.reader.requireWhole();
      if (source === undefined) {
        source = new FileSource(Reader.open(this.#backend, path));
        this.#writers.set(path, source);
        this.#readAndJudge(source);
        return true;
      }
      if (source.liveness === 'dead') return false;
      const changed = this.#readAndJudge(source);
      if (!source.reader.superseded) return changed;
      // The writer has made a new file of this name, and counts there.
      this.#drop(path, source);
      this.#refresh(path);
      return true;
    } catch (error) {
      const known = source !== undefined;
      if (source !== undefined) this.#drop(path, source);
      // Gone between listing and opening: absorbed, which `isStable` tells, or cleaned away.
      if (errorCode(error) === 'ENOENT') return known;
      this.#skipped++;
      if (error instanceof FileFormatError) this.#rejected.add(path);
      this.#report(error);
      return known;
    }
  }

  /** True when series, or whether the writer lives, have changed. */
  #readAndJudge(source: FileSource): boolean {
    const changed = source.readAndJudge(this.#observer);
    // The dead write nothing more, and there may be more of them than descriptors.
    if (source.liveness === 'dead') source.reader.close();
    return changed;
  }

  #drop(path: string, source: FileSource): void {
    this.#writers.delete(path);
    source.reader.close();
  }
}
