import { join } from 'node:path';
import { errorCode, errorMessage, isBadFile } from '../errors.js';
import { ARCHIVE_NAME, stampAt } from '../processes/directory.js';
import type { FileSource } from '../processes/file-source.js';

/** What a directory's archive is, as of the last `refresh`. */
export class ArchiveView {
  readonly path: string;
  readonly #open: (path: string) => FileSource;
  readonly #report: (error: unknown) => void;
  #source: FileSource | undefined;
  /** What the name led to, empty for nothing; undefined where that is to be found out, or tried again. */
  #stamp: string | undefined;
  #failure: string | undefined;

  constructor(
    directory: string,
    open: (path: string) => FileSource,
    report: (error: unknown) => void,
  ) {
    this.path = join(directory, ARCHIVE_NAME);
    this.#open = open;
    this.#report = report;
  }

  get source(): FileSource | undefined {
    return this.#source;
  }

  /** Why it cannot be read, if it cannot. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether there was no file of the name. False before anybody looked. */
  get isAbsent(): boolean {
    return this.#stamp === '';
  }

  /** Opens what the name leads to now; true when that is another file than before. */
  refresh(): boolean {
    const stamp = stampAt(this.path);
    const known = this.#stamp;
    if (stamp === known) return false;
    this.close();
    this.#stamp = stamp;
    if (stamp !== '') this.#read();
    return stamp !== '' || known !== undefined;
  }

  /** Whether the name leads to what it led to. */
  isUnchanged(): boolean {
    return stampAt(this.path) === this.#stamp;
  }

  close(): void {
    this.#source?.reader.close();
    this.#source = undefined;
    this.#stamp = undefined;
    this.#failure = undefined;
  }

  #read(): void {
    let source: FileSource | undefined;
    try {
      source = this.#open(this.path);
      source.update();
      this.#stamp = source.stamp;
      this.#source = source;
    } catch (error) {
      source?.reader.close();
      // Replaced or removed since: `isUnchanged` will tell.
      if (errorCode(error) === 'ENOENT') return;
      this.#failure = errorMessage(error);
      this.#report(error);
      // Anything but the bytes themselves may be better at the next scan.
      if (!isBadFile(error)) this.#stamp = undefined;
    }
  }
}
