import { type Stats, statfsSync, statSync } from 'node:fs';
import { DIRECTORY_REST_MS } from '../limits.js';
import { namesIn, prefixOf, writerNames } from './directory.js';

/**
 * File systems of one machine, by the numbers of linux/magic.h: a name that comes or goes
 * changes the time of its directory for everybody at once. Others (NFS, those of virtual
 * machines' hosts) answer from what they remember.
 */
const LOCAL = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
]);

/**
 * A directory that is listed again and again.
 *
 * Listing dozens of writers takes longer than anything else that is asked of the system for
 * a page. So where the kernel dates every change of a directory, a directory whose date
 * stands still is not listed again. A date is as coarse as the clock that it is taken from:
 * two changes soon after each other may have the same. So the listing that serves is made
 * when the date was known for `DIRECTORY_REST_MS` already, and what comes after it has
 * another. How long that is, is measured by a clock that nobody sets.
 */
export class WriterListing {
  readonly #directory: string;
  readonly #nowMs: () => number;
  #names: readonly string[] = [];
  #paths: readonly string[] = [];
  /** What the directory was when it was looked at last, and since when it was seen to be that. */
  #seen: Stats | undefined;
  #seenSinceMs = 0;
  /** Whether it was listed after it had been that for long enough. */
  #complete = false;
  /** Whether it is on a file system of this machine; undefined as long as nobody asked. */
  #local: boolean | undefined;

  /** `nowMs` gives the time of a clock that nobody sets, in ms since any moment. */
  constructor(directory: string, nowMs: () => number = () => performance.now()) {
    this.#directory = directory;
    this.#nowMs = nowMs;
  }

  /** What `paths` gave last. */
  get last(): readonly string[] {
    return this.#paths;
  }

  /** Whether no name has come or gone since the last listing, so far as dates tell. */
  isCurrent(): boolean {
    return this.#rests() && this.#complete;
  }

  /**
   * Paths of the writers' files: the same array as long as they are the same.
   *
   * @throws DirectoryError when the directory cannot be listed
   */
  paths(): readonly string[] {
    const rested = this.#rests();
    if (rested && this.#complete) return this.#paths;
    const names = namesIn(this.#directory);
    const known = this.#names;
    if (names.length !== known.length || names.some((name, i) => name !== known[i])) {
      this.#names = names;
      const prefix = prefixOf(this.#directory);
      this.#paths = writerNames(names).map((name) => prefix + name);
    }
    if (rested) {
      this.#local ??= isLocal(this.#directory);
      this.#complete = this.#local;
    }
    return this.#paths;
  }

  /** Whether the directory has been what it is for long enough. */
  #rests(): boolean {
    if (process.platform !== 'linux' || this.#local === false) return false;
    const now = status(this.#directory);
    const seen = this.#seen;
    if (now !== undefined && seen !== undefined && isSame(now, seen)) {
      return this.#nowMs() - this.#seenSinceMs >= DIRECTORY_REST_MS;
    }
    this.#seen = now;
    this.#seenSinceMs = this.#nowMs();
    this.#complete = false;
    this.#local = undefined;
    return false;
  }
}

/** Undefined where the system does not say; listing the directory will tell why. */
function status(directory: string): Stats | undefined {
  try {
    return statSync(directory, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isSame(a: Stats, b: Stats): boolean {
  return a.ctimeMs === b.ctimeMs && a.ino === b.ino && a.dev === b.dev;
}

function isLocal(directory: string): boolean {
  try {
    return LOCAL.has(statfsSync(directory).type);
  } catch {
    // Gone, or on a system that does not tell: it is listed each time.
    return false;
  }
}
