import { EXEMPLAR_BYTES } from '../../src/format/exemplars.js';
import {
  CHUNK_COUNT_AT,
  CHUNK_TABLE_AT,
  CHUNK_UNIT_BYTES,
  ChunkKind,
  COMMIT_AT,
  HEADER_BYTES,
  MAX_CHUNK_UNITS,
} from '../../src/format/layout.js';
import type { MutableFile } from './mutable-file.js';

/** Numbers from 0 to below `limit`, the same ones for the same seed. Source: mulberry32. */
export type Random = (limit: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Where the parts of a file lie that a reader decides by. */
export interface Anatomy {
  /** Offsets of the words that publish and of the used entries of the chunk table. */
  readonly headerWords: readonly number[];
  /** Offsets of records, and of exemplars' entries. */
  readonly records: readonly number[];
}

/** Takes a good file apart. */
export function anatomyOf(bytes: Uint8Array): Anatomy {
  const word = (at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
  const chunks = word(CHUNK_COUNT_AT);
  const headerWords = [COMMIT_AT, CHUNK_COUNT_AT];
  const records: number[] = [];
  let begin = 0;
  for (let i = 0; i < chunks; i++) {
    const entryAt = CHUNK_TABLE_AT + i * 4;
    headerWords.push(entryAt);
    const end = begin + (word(entryAt) & MAX_CHUNK_UNITS) * CHUNK_UNIT_BYTES;
    if (word(entryAt) >>> 24 === ChunkKind.records) {
      for (let at = begin; at < end && word(at) > 0; at += word(at)) records.push(at);
    }
    if (word(entryAt) >>> 24 === ChunkKind.exemplars) {
      const used = (at: number) => at + EXEMPLAR_BYTES <= end && word(at) > 0;
      for (let at = begin; used(at); at += EXEMPLAR_BYTES) records.push(at);
    }
    begin = end;
  }
  return { headerWords, records };
}

/** Bytes of a record that lie before its texts, as far as most records go. */
const RECORD_FIELDS_BYTES = 48;
/** Bytes of a header that mean something. */
const USED_HEADER_BYTES = CHUNK_TABLE_AT + 32;

type Mutate = (file: MutableFile, anatomy: Anatomy, random: Random) => void;

/** The ways in which a file is changed. */
const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'a bit is flipped': (file, anatomy, random) => {
    const at = anyOffset(file, anatomy, random);
    file.set(at, file.byteAt(at) ^ (1 << random(8)));
  },
  'a byte is set': (file, anatomy, random) => {
    const at = anyOffset(file, anatomy, random);
    file.set(at, pick([0, 1, 0x7f, 0x80, 0xff, random(256)], random));
  },
  'a published word lies': (file, anatomy, random) => {
    setWord(file, pick(anatomy.headerWords, random), lyingNumber(file, random));
  },
  'a word of a record lies': (file, anatomy, random) => {
    const at = pick(anatomy.records, random) + 4 * random(RECORD_FIELDS_BYTES / 4);
    setWord(file, at, lyingNumber(file, random));
  },
  'a word is off by a little': (file, anatomy, random) => {
    const at = anyOffset(file, anatomy, random) & ~3;
    const word = new DataView(new ArrayBuffer(4));
    for (let i = 0; i < 4; i++) word.setUint8(i, file.byteAt(at + i));
    setWord(file, at, word.getUint32(0, true) + pick([-16, -8, -1, 1, 4, 8, 16], random));
  },
  'two words of 8 bytes change places': (file, anatomy, random) => {
    const a = anyOffset(file, anatomy, random) & ~7;
    const b = anyOffset(file, anatomy, random) & ~7;
    for (let i = 0; i < 8; i++) {
      const byte = file.byteAt(a + i);
      file.set(a + i, file.byteAt(b + i));
      file.set(b + i, byte);
    }
  },
  'a record is written over another': (file, anatomy, random) => {
    const from = pick(anatomy.records, random);
    const to = pick(anatomy.records, random);
    const length = 8 * (1 + random(32));
    for (let i = 0; i < length; i++) file.set(to + i, file.byteAt((from + i) % file.length));
  },
  'the file is cut off': (file, _anatomy, random) => {
    file.truncate(random(file.length));
  },
  'the file is cut off by whole chunks': (file, _anatomy, random) => {
    file.truncate(CHUNK_UNIT_BYTES * random(file.length / CHUNK_UNIT_BYTES));
  },
};
const NAMES = Object.keys(MUTATIONS);

/** Changes a file in one to three ways; says which. */
export function mutate(file: MutableFile, anatomy: Anatomy, random: Random): string {
  const names = Array.from({ length: 1 + Math.max(0, random(6) - 3) }, () => pick(NAMES, random));
  for (const name of names) (MUTATIONS[name] as Mutate)(file, anatomy, random);
  return names.join(', then ');
}

/** Mostly where readers decide something: in header and records. */
function anyOffset(file: MutableFile, { records }: Anatomy, random: Random): number {
  switch (random(4)) {
    case 0:
      return random(USED_HEADER_BYTES);
    case 1:
      return HEADER_BYTES + random(CHUNK_UNIT_BYTES - HEADER_BYTES);
    case 2:
      return random(file.length);
    default:
      return Math.min(pick(records, random) + random(2 * RECORD_FIELDS_BYTES), file.length - 1);
  }
}

function lyingNumber(file: MutableFile, random: Random): number {
  return pick(
    [
      ...[0, 1, 7, 8, 16, 0xff, 0x100, 0xffff, 0x10000],
      ...[0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, 0x01000001, 0x02000001, 0x02ffffff],
      ...[file.length, file.length / 8, file.length / 8 - 1, file.length - 8, file.length + 8],
      ...[random(64), random(4096), random(file.length), random(2 ** 32)],
    ],
    random,
  );
}

function setWord(file: MutableFile, at: number, value: number): void {
  for (let i = 0; i < 4; i++) file.set(at + i, (value >>> (8 * i)) & 0xff);
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[random(items.length)] as T;
}
