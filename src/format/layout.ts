/**
 * Where everything lies in a file. FORMAT.md shows the same in prose.
 *
 * ```
 *   0        64        128       192       256       320       384       512          4096
 *   +---------+---------+---------+---------+---------+---------+---------+------------+----------
 *   | magic   | boot id | host    | marks   | commit, | heart-  | name    | chunk      | values ...
 *   | identity| , pidns |         |         | state   | beat    |         | table      | (chunk 0)
 *   +---------+---------+---------+---------+---------+---------+---------+------------+----------
 * ```
 *
 * Every offset is the one before plus its size. The first 192 bytes and the name never
 * change after readers can see the file. Words that change lie in cache lines of their own.
 * Numbers are in the byte order of the machine that wrote the file; a reader of
 * the other order refuses it.
 */

import { CHUNK_ALIGN_BYTES, MAX_HOST_BYTES, MAX_WRITER_NAME_BYTES } from '../limits.js';

/** Like PNG's: a high bit, letters, both line ends and a control-Z, so that a text transfer shows. */
export const MAGIC = new Uint8Array([0x89, 0x50, 0x4d, 0x50, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Bump it when a reader of the old version would misread a new file. New record
 * kinds and new uses of reserved zero bytes need no bump when an old reader that
 * does not know them still shows nothing wrong.
 */
export const FORMAT_VERSION = 1;

/** Reads as this number only in the byte order that wrote it. */
export const BYTE_ORDER_MARK = 0x01020304;

/** The byte order of this machine, for views that want to be told. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const U32 = 4;
const F64 = 8;

// Identity, immutable.
export const MAGIC_AT = 0;
export const VERSION_AT = MAGIC_AT + 8;
export const BYTE_ORDER_AT = VERSION_AT + U32;
export const KIND_AT = BYTE_ORDER_AT + U32;
export const BACKEND_AT = KIND_AT + U32;
export const PID_AT = BACKEND_AT + U32;
export const THREAD_AT = PID_AT + U32;
export const START_TICKS_AT = THREAD_AT + U32;
export const CREATED_MS_AT = START_TICKS_AT + F64;
export const LOCKED_AT = CREATED_MS_AT + F64;
const IDENTITY_END = LOCKED_AT + U32 * 4;
export const BOOT_ID_AT = IDENTITY_END;
export const PID_NAMESPACE_AT = BOOT_ID_AT + 16;
const ORIGIN_RESERVED = 40;
export const HOST_AT = PID_NAMESPACE_AT + F64 + ORIGIN_RESERVED;
const HOST_BYTES = 1 + MAX_HOST_BYTES;

// Marks: written by others than the writer, who never writes here.
/** Written by anybody who knows the process to be gone: see `Mark`. */
export const MARK_AT = HOST_AT + HOST_BYTES;
/** Not 0 when an archive has the writer's values. A word of its own, so that no mark that comes later hides it. */
export const ABSORBED_AT = MARK_AT + U32;
const MARKS_BYTES = 64;

// Publication, written by the writer.
/** Bytes of committed records, counted over the record chunks in order. Stored last, with release order. */
export const COMMIT_AT = MARK_AT + MARKS_BYTES;
/** Entries of the chunk table. Stored after the entry. */
export const CHUNK_COUNT_AT = COMMIT_AT + U32;
/** Odd while the file backend writes, changed by every write of it. */
export const FLUSH_SEQUENCE_AT = CHUNK_COUNT_AT + U32;
/** Changed before a removed series' slots are given to another. */
export const REUSE_AT = FLUSH_SEQUENCE_AT + U32;
/** What the writer says of itself: see `WriterState`. */
export const STATE_AT = REUSE_AT + U32;
/** Not 0 when a newer file of the writer has this one's name. */
export const SUPERSEDED_AT = STATE_AT + U32;
const PUBLICATION_BYTES = 64;

/** Float64, milliseconds since 1970. */
export const HEARTBEAT_AT = COMMIT_AT + PUBLICATION_BYTES;
const HEARTBEAT_BYTES = 64;

/** The writer's stable name: length byte and UTF-8. */
export const NAME_AT = HEARTBEAT_AT + HEARTBEAT_BYTES;
const NAME_BYTES = 1 + MAX_WRITER_NAME_BYTES;

export const CHUNK_TABLE_AT = NAME_AT + NAME_BYTES;
export const HEADER_BYTES = 4096;
/** Every entry is `kind << 24 | length in units of CHUNK_UNIT_BYTES`; a chunk begins where the one before ends. */
export const CHUNK_ENTRY_BYTES = U32;
export const MAX_CHUNKS = (HEADER_BYTES - CHUNK_TABLE_AT) / CHUNK_ENTRY_BYTES;
export const CHUNK_UNIT_BYTES = CHUNK_ALIGN_BYTES;
export const MAX_CHUNK_UNITS = 0xffffff;

export const SLOT_BYTES = F64;

export const FileKind = { writer: 1, archive: 2 } as const;
export type FileKind = (typeof FileKind)[keyof typeof FileKind];

export const ChunkKind = { values: 1, records: 2, exemplars: 3 } as const;
export type ChunkKind = (typeof ChunkKind)[keyof typeof ChunkKind];

/** What a writer says of itself. */
export const WriterState = { live: 1, closed: 2 } as const;

/** What others say of a writer. */
export const Mark = { none: 0, dead: 1 } as const;

for (const [what, offset, alignment] of [
  ['magic', MAGIC_AT, 8],
  ['start ticks', START_TICKS_AT, F64],
  ['created', CREATED_MS_AT, F64],
  ['boot id', BOOT_ID_AT, 64],
  ['pid namespace', PID_NAMESPACE_AT, F64],
  ['host', HOST_AT, 64],
  ['marks', MARK_AT, 64],
  ['publication', COMMIT_AT, 64],
  ['heartbeat', HEARTBEAT_AT, 64],
  ['name', NAME_AT, 64],
  ['chunk table', CHUNK_TABLE_AT, 64],
  ['header', HEADER_BYTES, 4096],
] as const) {
  if (offset % alignment !== 0) {
    throw new Error(`layout: ${what} at ${offset} is not aligned to ${alignment}`);
  }
}
if (CHUNK_TABLE_AT !== 512 || MARK_AT !== 192 || MAX_CHUNKS !== 896) {
  throw new Error('layout: offsets are not those of FORMAT.md');
}
