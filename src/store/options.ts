import type { Writer } from './writer.js';

/** What a store needs of the world. */
export interface StoreOptions {
  /**
   * Makes the thread's file, under a name that readers pass over; undefined where no
   * directory is set. May throw for any reason of I/O.
   */
  readonly openFile: (() => Writer) | undefined;
  /** Gives the file a name that readers see: a new one, or that of a file whose place it takes. */
  readonly publish: (writer: Writer, inPlaceOf?: Writer) => void;
  /** Closes and removes a file that got no name. */
  readonly discard: (writer: Writer) => void;
  readonly openMemory: () => Writer;
  /** Whether the file is still what its path names. */
  readonly isPresent: (writer: Writer) => boolean;
  /** Told of every failure. The application goes on. */
  readonly onError: (error: unknown) => void;
}
