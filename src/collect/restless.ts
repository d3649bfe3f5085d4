import { FileFormatError } from '../errors.js';
import { SCANS_BEFORE_HOLDING_ALL } from '../limits.js';
import type { FileSource } from '../processes/file-source.js';

/** Writers that gave slots to other series while a page was made of their values. */
export class Restless {
  readonly #sources = new Set<FileSource>();
  #scans = 0;

  /** After a reading: those of its sources under which slots moved. */
  note(moved: readonly FileSource[]): void {
    if (moved.length > 0) this.#scans++;
    for (const source of moved) this.#sources.add(source);
  }

  /** Before the next reading: holds the values of those among its sources; true when there were some. */
  hold(sources: readonly FileSource[]): boolean {
    const all = this.#scans >= SCANS_BEFORE_HOLDING_ALL;
    const held = sources.filter((source) => all || this.#sources.has(source));
    for (const source of held) {
      try {
        source.hold();
      } catch (error) {
        // It has gone bad since the scan: the next one finds that too, and says so.
        if (!(error instanceof FileFormatError)) throw error;
      }
    }
    return held.length > 0;
  }
}
