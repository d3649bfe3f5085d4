/**
 * What the store needs of a file, whatever maps it. Every backend keeps this
 * contract and passes the same tests (`test/contract`).
 *
 * A writer's file
 * - MUST NOT exist before `create`, and is created with mode 0o644 less the umask;
 * - MUST have every byte of an extent reserved before `extend` returns it: a full
 *   disk is a `MappingError` from `extend`, never a signal on a later store;
 * - MUST show extents as zeros first, and MUST leave what was written by others
 *   outside of changed words alone;
 * - keeps its `ArrayBuffer`s valid as long as anything can reach them.
 *
 * A reader's file
 * - MUST show what a writer of any backend stored, after `refresh`;
 * - MUST NOT show a float64 of which half is old and half is new;
 * - MUST NOT change the file.
 */

import type { BackendName } from '../model/backend.js';
import type { DirtyRange } from './dirty-range.js';

export interface CreateOptions {
  /** File offset of the word that the file backend makes odd while it writes. */
  readonly flushSequenceAt: number;
  /** Told of a flush that failed in the background; what it did not write goes out with the next one. */
  onFlushError(error: unknown): void;
}

/** The file of one writer, open in the process and thread that writes it. */
export interface WritableMapping {
  readonly backend: BackendName;
  readonly path: string;
  /** Whether the kernel holds an exclusive lock on the file until this process or thread is gone. */
  readonly locked: boolean;
  /** Inode number, to tell whether the path still names this file. 0 where there is no file. */
  readonly inode: number;
  /**
   * Reserves and maps `length` bytes at `offset`, both multiples of `CHUNK_ALIGN_BYTES`,
   * `offset` being the end of the extent before.
   *
   * @throws MappingError when there is no room, no permission or no descriptor
   */
  extend(offset: number, length: number): ArrayBuffer;
  /**
   * What to mark when bytes of `[offset, offset + length)`, inside one extent, are
   * changed; undefined where memory is the file. Ranges are written newest first, so
   * the first one asked for is the last one written.
   */
  track(offset: number, length: number): DirtyRange | undefined;
  /** The 32-bit word at `offset` as it is in the file now: others write there too. */
  peek(offset: number): number;
  /** Reads what this thread has written, from its own memory. For this thread alone. */
  reader(): ReadableMapping;
  /** Brings all marked changes to the file. Nothing to do where memory is the file. */
  flush(): void;
  /** How many flushes have brought all there was; undefined where memory is the file. */
  readonly flushes: number | undefined;
  /** From now on every change goes to the file at once: the thread ends, and no later turn will come. */
  writeThrough(): void;
  /** Gives the new file its final name. */
  rename(path: string): void;
  /** Closes the descriptor and so gives up the lock. Memory stays valid. */
  close(): void;
}

/** Somebody's file, open for reading. */
export interface ReadableMapping {
  readonly path: string;
  readonly inode: number;
  /** Size of the file in bytes when it was opened. */
  readonly openedSize: number;
  /** Present size of the file in bytes. */
  size(): number;
  /** Whether the file has `end` bytes or more. */
  reaches(end: number): boolean;
  /** Reads what is at `offset` now; how many bytes there were before the file ended. */
  read(target: Uint8Array, offset: number): number;
  /**
   * Says how the file is written, before the first `map`: a file of the file backend is
   * read between two flushes, and one that is its writer's memory is mapped where that
   * can be, else read until two readings agree.
   */
  follow(publication: Publication): void;
  /**
   * The bytes of `[offset, offset + length)`, live or as of the last `refresh`. `offset`
   * and `length` are multiples of `CHUNK_ALIGN_BYTES`. The caller has checked `size()`.
   */
  map(offset: number, length: number): ArrayBuffer;
  /** Says that the value at each of these offsets and the one after it belong together; all are mapped. */
  pair(offsets: readonly number[]): void;
  /** Brings mapped bytes up to date, whole values only. Nothing to do where memory is the file. */
  refresh(): void;
  /**
   * Whether slots may have changed hands while the last `refresh` and what was mapped since
   * were read: values may stand under labels of before. Where memory is the file, never.
   */
  readonly unsettled: boolean;
  /** Whether the writer's lock is held by anybody. */
  probeLock(): LockState;
  /** Closes the descriptor. Memory that was mapped stays valid until it is unreachable. */
  close(): void;
}

/** How the writer of a file brings its values to readers. */
export interface Publication {
  /** Whether they come by flushes of the file backend; else its memory is the file. */
  readonly flushed: boolean;
  /** Bytes at the begin of the file that publish the rest. */
  readonly headerBytes: number;
  /** File offset of the 32-bit word that changes before slots get another meaning. */
  readonly reuseAt: number;
  /** File offsets of the 32-bit words that others than the writer write. */
  readonly marksAt: readonly number[];
}

/** Fills `target` with what the file has at `offset`, with zeros beyond its end. */
export type ReadInto = (target: Uint8Array, offset: number) => void;

/** Copies of parts of a file, as of the last `refresh`. */
export interface FileCopy {
  /** See `ReadableMapping`. */
  readonly unsettled: boolean;
  map(offset: number, length: number): ArrayBuffer;
  pair(offsets: readonly number[]): void;
  refresh(): void;
}

/** `unknown`: this backend, platform or file system cannot tell. */
export type LockState = 'held' | 'free' | 'unknown';

export interface Backend {
  readonly name: Exclude<BackendName, 'memory'>;
  /** @throws MappingError */
  create(path: string, options: CreateOptions): WritableMapping;
  /** @throws MappingError, with code `ENOENT` when the file is gone */
  open(path: string, flushSequenceAt: number): ReadableMapping;
}
