import { FileFormatError } from '../errors.js';
import { RecordDecoder, type RecordPiece } from '../format/record-decoder.js';
import { MAX_CATALOG_BYTES } from '../limits.js';
import type { Steps } from '../steps.js';
import type { ChunkSpan } from './chunk-list.js';
import type { Contents } from './contents.js';
import { ContentsBuilder, type RecordChecks } from './contents-builder.js';

const NO_MEMORY = Buffer.alloc(0);

/** Records that are read between two steps: a fraction of a millisecond's work once it is compiled. */
const STEP_RECORDS = 512;

/** The file from which records are read. */
export interface RecordFile {
  /** All chunks, and a text that is equal for files that have equal ones. */
  readonly chunks: readonly ChunkSpan[];
  readonly layout: string;
  checkBlock: RecordChecks['checkBlock'];
}

/** What a piece gave: contents of all records so far, and how many of its bytes they took. */
export interface ReadPiece {
  readonly contents: Contents;
  readonly bytes: number;
}

/** Bytes that followed `before` in some file, and what came of them. */
interface Known {
  readonly before: Contents;
  readonly layout: string;
  readonly bytes: Buffer;
  readonly contents: Contents;
}

/**
 * Processes that run the same program mostly write the same records. Their bytes are
 * compared with those that were parsed last: where they are the same, so is what they
 * say, and nothing is parsed, checked or kept twice.
 *
 * The bytes that are kept for it have a bound; what is forgotten is parsed again.
 */
export class RecordCatalog {
  /** Last used first. */
  readonly #known: Known[] = [];
  #bytes = 0;
  #memory = NO_MEMORY;

  /** Memory to read a piece into: the same at every call, until it is let go of. */
  memory(length: number): Uint8Array {
    if (this.#memory.length < length) this.#memory = Buffer.allocUnsafeSlow(length);
    return this.#memory.subarray(0, length);
  }

  /** Lets go of the memory for pieces: for now there is nothing more to read. */
  letGoOfMemory(): void {
    this.#memory = NO_MEMORY;
  }

  /**
   * Reads the records that follow `before`, in steps. The piece's bytes are not kept.
   *
   * @throws FileFormatError for records that cannot be
   */
  *read(file: RecordFile, before: Contents, piece: RecordPiece): Steps<ReadPiece> {
    let contents = before;
    let at = 0;
    while (at < piece.bytes.length) {
      const known = this.#find(contents, file.layout, piece.bytes.subarray(at));
      if (known === undefined) break;
      contents = known.contents;
      at += known.bytes.length;
    }
    if (at === piece.bytes.length) return { contents, bytes: at };
    const rest = { ...piece, begin: piece.begin + at, bytes: piece.bytes.subarray(at) };
    const parsed = yield* parse(file, contents, rest);
    if (parsed.bytes > 0) {
      const bytes = Buffer.from(rest.bytes.subarray(0, parsed.bytes));
      this.#add({ before: contents, layout: file.layout, bytes, contents: parsed.contents });
    }
    return { contents: parsed.contents, bytes: at + parsed.bytes };
  }

  /** The longest of the known that these bytes begin with. */
  #find(before: Contents, layout: string, bytes: Uint8Array): Known | undefined {
    let found: Known | undefined;
    for (const known of this.#known) {
      if (known.before !== before || !layout.startsWith(known.layout)) continue;
      const { length } = known.bytes;
      if (length > bytes.length || length <= (found?.bytes.length ?? 0)) continue;
      if (known.bytes.compare(bytes, 0, length) === 0) found = known;
    }
    if (found !== undefined && found !== this.#known[0]) {
      this.#known.splice(this.#known.indexOf(found), 1);
      this.#known.unshift(found);
    }
    return found;
  }

  #add(known: Known): void {
    this.#known.unshift(known);
    this.#bytes += known.bytes.length;
    while (this.#bytes > MAX_CATALOG_BYTES && this.#known.length > 1) {
      this.#bytes -= (this.#known.pop() as Known).bytes.length;
    }
  }
}

function* parse(file: RecordFile, before: Contents, piece: RecordPiece): Steps<ReadPiece> {
  const decoder = new RecordDecoder(piece);
  const builder = new ContentsBuilder(before, {
    checkBlock: file.checkBlock,
    error: (at, message) => new FileFormatError(piece.path, at, message),
  });
  const labelCount = (id: number) => builder.labelCount(id);
  let at = 0;
  for (let records = 1; ; records++) {
    const length = decoder.lengthAt(at);
    if (length === 0) break;
    const record = decoder.decode(at, length, labelCount);
    if (record !== undefined) builder.apply(record, piece.begin + at);
    at += length;
    if (records % STEP_RECORDS === 0) yield;
  }
  if (piece.ends !== 'anywhere') at = piece.bytes.length;
  if (at === 0) return { contents: before, bytes: 0 };
  // Without what is mapped: other files' readers will have these contents too.
  const chunks = file.chunks.map(({ kind, begin, end }) => ({ kind, begin, end }));
  return { contents: builder.build(chunks), bytes: at };
}
