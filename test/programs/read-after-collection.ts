// Maps many files, keeps one view of each where it keeps any, closes all descriptors,
// collects garbage again and again, and reads what is kept. Says how many mappings of
// the files there were before and after, and whether all was read right.

import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { FLUSH_SEQUENCE_AT } from '../../src/format/layout.js';
import { CHUNK_ALIGN_BYTES } from '../../src/limits.js';
import { loadBackend } from '../helpers/backends.js';
import { CREATE_OPTIONS } from '../helpers/writers.js';

const FILES = 40;
const KEPT = 10;
const COLLECTIONS = 50;

const [name, directory] = process.argv.slice(2) as ['mmap' | 'mmap-io' | 'file', string];
const backend = loadBackend(name);
const collect = globalThis.gc as () => void;
const kept: Uint8Array[] = [];

function countMappings(): number {
  return readFileSync('/proc/self/maps', 'latin1')
    .split('\n')
    .filter((line) => line.includes(directory)).length;
}

function mapAll(): void {
  for (let i = 0; i < FILES; i++) {
    const path = `${directory}/${i}`;
    const writer = backend.create(path, CREATE_OPTIONS);
    const written = new Uint8Array(writer.extend(0, CHUNK_ALIGN_BYTES));
    const region = writer.track(0, CHUNK_ALIGN_BYTES);
    written.fill(i);
    region?.mark(0, CHUNK_ALIGN_BYTES / 8 - 1);
    writer.flush();
    const reader = backend.open(path, FLUSH_SEQUENCE_AT);
    const read = new Uint8Array(reader.map(0, CHUNK_ALIGN_BYTES));
    if (i < KEPT) kept.push(written.subarray(4096), read.subarray(4096));
    writer.close();
    reader.close();
  }
}

mapAll();
const before = countMappings();
for (let i = 0; i < COLLECTIONS; i++) {
  collect();
  // Finalizers run in a turn of their own.
  await setImmediate();
}
const right = kept.every((bytes, i) => bytes.every((byte) => byte === Math.floor(i / 2)));
process.send?.({ before, after: countMappings(), right });
