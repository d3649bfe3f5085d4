// FORMAT.md says what the code does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as exemplars from '../../src/format/exemplars.js';
import * as layout from '../../src/format/layout.js';
import { RecordKind } from '../../src/format/records.js';
import {
  MAX_EXEMPLAR_CHARS,
  MAX_HOST_BYTES,
  MAX_RECORD_BYTES,
  MAX_WRITER_NAME_BYTES,
} from '../../src/limits.js';
import { GAUGE_MODES, METRIC_TYPES } from '../../src/model/metric.js';
import { root } from './program.js';
import { workedExample } from './worked-example.js';

const document = readFileSync(join(root, 'FORMAT.md'), 'utf8');

/** Text from one heading of this title to the next heading of any level. */
function section(title: string): string {
  const found = new RegExp(`^#+ ${title}\\n(.*?)(?=^#|$(?![^]))`, 'ms').exec(document);
  if (found === null) throw new Error(`FORMAT.md has no section "${title}"`);
  return found[1] as string;
}

/** Rows of a table whose first two cells are numbers. */
function rowsOf(text: string): { offset: number; size: number; meaning: string }[] {
  return [...text.matchAll(/^\| (\d+) \| (\d+) \| (.*) \|$/gm)].map(
    ([, offset, size, meaning]) => ({
      offset: Number(offset),
      size: Number(size),
      meaning: meaning as string,
    }),
  );
}

test('the header table leaves no byte out and covers none twice', (t) => {
  const rows = rowsOf(section('Header'));
  let end = 0;
  for (const { offset, size, meaning } of rows) {
    t.is(offset, end, meaning);
    end = offset + size;
  }
  t.is(end, layout.HEADER_BYTES);
});

test('the header table has every field where the code has it', (t) => {
  const rows = rowsOf(section('Header'));
  const fields: readonly (readonly [offset: number, words: string])[] = [
    [layout.MAGIC_AT, 'magic'],
    [layout.VERSION_AT, `format version: ${layout.FORMAT_VERSION}`],
    [layout.BYTE_ORDER_AT, `0x${layout.BYTE_ORDER_MARK.toString(16).padStart(8, '0')}`],
    [layout.KIND_AT, `${layout.FileKind.writer} writer, ${layout.FileKind.archive} archive`],
    [layout.BACKEND_AT, 'backend'],
    [layout.PID_AT, 'process id'],
    [layout.THREAD_AT, 'thread id'],
    [layout.START_TICKS_AT, 'clock ticks'],
    [layout.CREATED_MS_AT, 'time of creation'],
    [layout.LOCKED_AT, 'flock'],
    [layout.BOOT_ID_AT, 'boot id'],
    [layout.PID_NAMESPACE_AT, 'pid namespace'],
    [layout.HOST_AT, `at most ${MAX_HOST_BYTES}`],
    [layout.HOST_AT + 1, 'host name'],
    [layout.MARK_AT, `${layout.Mark.none} none, ${layout.Mark.dead} said to be dead`],
    [layout.ABSORBED_AT, 'absorbed'],
    [layout.SUPERSEDED_AT, 'superseded'],
    [layout.COMMIT_AT, 'commit word'],
    [layout.CHUNK_COUNT_AT, 'number of chunks'],
    [layout.FLUSH_SEQUENCE_AT, 'flush sequence'],
    [layout.REUSE_AT, 'reuse word'],
    [layout.STATE_AT, `${layout.WriterState.live} live, ${layout.WriterState.closed} closed`],
    [layout.HEARTBEAT_AT, 'heartbeat'],
    [layout.NAME_AT, `at most ${MAX_WRITER_NAME_BYTES}`],
    [layout.NAME_AT + 1, 'stable name'],
    [layout.CHUNK_TABLE_AT, `${layout.MAX_CHUNKS} entries of ${layout.CHUNK_ENTRY_BYTES} bytes`],
  ];
  for (const [offset, words] of fields) {
    const row = rows.find((candidate) => candidate.offset === offset);
    t.true(row?.meaning.includes(words), `${offset}: ${words}`);
  }
  const named = rows.filter(({ meaning }) => meaning !== 'reserved');
  t.is(named.length, fields.length, 'every row but the reserved ones is checked above');
  const magic = [...layout.MAGIC].map((byte) => byte.toString(16).padStart(2, '0'));
  t.true(section('Header').includes(magic.join(' ')));
});

test('codes of types, modes and record kinds are those of the code', (t) => {
  const metric = section('Kind 1: metric');
  const listed = (names: readonly string[]) => names.map((name, i) => `${i} ${name}`).join(', ');
  t.true(metric.includes(listed(METRIC_TYPES)));
  t.true(metric.includes(listed(GAUGE_MODES)));
  const kinds = [...document.matchAll(/^### Kind (\d): (.+)$/gm)].map(([, kind, name]) => [
    (name as string).replace('default labels', 'defaultLabels'),
    Number(kind),
  ]);
  t.deepEqual(Object.fromEntries(kinds), RecordKind);
  t.true(section('Records').includes(`16 to ${MAX_RECORD_BYTES}`));
  t.true(section('Chunk table').includes(`units of ${layout.CHUNK_UNIT_BYTES} bytes`));
});

test("the table of an exemplar's entry has every field where the code has it", (t) => {
  const text = section('Exemplars');
  const rows = rowsOf(text);
  let end = 0;
  for (const { offset, size, meaning } of rows) {
    t.is(offset, end, meaning);
    end = offset + size;
  }
  t.is(end, exemplars.EXEMPLAR_BYTES);
  t.true(text.includes(`${exemplars.EXEMPLAR_BYTES} bytes, ${exemplars.EXEMPLAR_SLOTS} slots`));
  t.true(text.includes(`at most ${MAX_EXEMPLAR_CHARS} UTF-16 units`));
  const at = (words: string) => rows.find(({ meaning }) => meaning.includes(words))?.offset;
  t.is(at('u32 sequence'), exemplars.EXEMPLAR_SEQUENCE_WORD * 4);
  t.is(at('u32 checksum'), exemplars.EXEMPLAR_CHECKSUM_WORD * 4);
  t.is(at('f64 time'), exemplars.EXEMPLAR_TIME_SLOT * layout.SLOT_BYTES);
});

test('the worked example is what a writer writes', (t) => {
  const shown = /<!-- worked example -->\n\n```\n(.*?)\n```/s.exec(document)?.[1];
  t.is(shown, workedExample(t));
});
