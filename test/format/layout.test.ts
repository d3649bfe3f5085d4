// The golden numbers of format version 1: a file of a released version stays readable
// for ever, so whoever changes one of these bumps the version.

import test from 'ava';
import * as layout from '../../src/format/layout.js';

test('every field of the header is where format version 1 has it', (t) => {
  t.deepEqual(
    {
      magic: layout.MAGIC_AT,
      version: layout.VERSION_AT,
      byteOrder: layout.BYTE_ORDER_AT,
      kind: layout.KIND_AT,
      backend: layout.BACKEND_AT,
      pid: layout.PID_AT,
      thread: layout.THREAD_AT,
      startTicks: layout.START_TICKS_AT,
      created: layout.CREATED_MS_AT,
      locked: layout.LOCKED_AT,
      bootId: layout.BOOT_ID_AT,
      pidNamespace: layout.PID_NAMESPACE_AT,
      host: layout.HOST_AT,
      mark: layout.MARK_AT,
      absorbed: layout.ABSORBED_AT,
      superseded: layout.SUPERSEDED_AT,
      commit: layout.COMMIT_AT,
      chunkCount: layout.CHUNK_COUNT_AT,
      flushSequence: layout.FLUSH_SEQUENCE_AT,
      reuse: layout.REUSE_AT,
      state: layout.STATE_AT,
      heartbeat: layout.HEARTBEAT_AT,
      name: layout.NAME_AT,
      chunkTable: layout.CHUNK_TABLE_AT,
      header: layout.HEADER_BYTES,
    },
    {
      magic: 0,
      version: 8,
      byteOrder: 12,
      kind: 16,
      backend: 20,
      pid: 24,
      thread: 28,
      startTicks: 32,
      created: 40,
      locked: 48,
      bootId: 64,
      pidNamespace: 80,
      host: 128,
      mark: 192,
      absorbed: 196,
      superseded: 276,
      commit: 256,
      chunkCount: 260,
      flushSequence: 264,
      reuse: 268,
      state: 272,
      heartbeat: 320,
      name: 384,
      chunkTable: 512,
      header: 4096,
    },
  );
});

test('every code of format version 1 is what it was', (t) => {
  t.is(layout.FORMAT_VERSION, 1);
  t.is(layout.BYTE_ORDER_MARK, 0x01020304);
  t.is(Buffer.from(layout.MAGIC).toString('latin1'), '\x89PMP\r\n\x1a\n');
  t.is(layout.CHUNK_UNIT_BYTES, 65536);
  t.is(layout.CHUNK_ENTRY_BYTES, 4);
  t.is(layout.MAX_CHUNKS, 896);
  t.is(layout.SLOT_BYTES, 8);
  t.deepEqual(layout.FileKind, { writer: 1, archive: 2 });
  t.deepEqual(layout.ChunkKind, { values: 1, records: 2, exemplars: 3 });
  t.deepEqual(layout.WriterState, { live: 1, closed: 2 });
  t.deepEqual(layout.Mark, { none: 0, dead: 1 });
});

test('words that change lie in cache lines apart from those that do not', (t) => {
  const line = (at: number) => Math.floor(at / 64);
  const identity = [layout.LOCKED_AT, layout.BOOT_ID_AT, layout.HOST_AT].map(line);
  const lines = [
    ...new Set(identity),
    line(layout.MARK_AT),
    line(layout.COMMIT_AT),
    line(layout.HEARTBEAT_AT),
  ];
  t.is(new Set(lines).size, lines.length);
});
