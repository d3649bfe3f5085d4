import { errorCode } from '../errors.js';
import { MAX_BAD_FILES_KNOWN } from '../limits.js';
import { stampAt } from './directory.js';

/** Bad files that were told of: each is news once, and again when it is another file or of another size. */
export class BadFiles {
  readonly #stamps = new Map<string, string>();

  isNews(path: string): boolean {
    const stamp = stampOrReason(path);
    if (this.#stamps.get(path) === stamp) return false;
    this.#stamps.set(path, stamp);
    const [oldest] = this.#stamps.keys();
    if (this.#stamps.size > MAX_BAD_FILES_KNOWN) this.#stamps.delete(oldest as string);
    return true;
  }
}

function stampOrReason(path: string): string {
  try {
    return stampAt(path);
  } catch (error) {
    return errorCode(error);
  }
}
