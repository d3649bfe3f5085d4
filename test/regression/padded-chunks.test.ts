// Many long records: the page had no series of the file at all, once the zeros that fill a
// chunk of records lay on both sides of where a reader takes a breath.

import test from 'ava';
import { RECORD_PIECE_BYTES } from '../../src/limits.js';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { descriptor, IDENTITY, newHolder } from '../helpers/writers.js';

/** So that several chunks are longer than a piece. */
const BYTES = 12 * RECORD_PIECE_BYTES;

for (const length of [400, 420, 1_000, 5_000, 100_000]) {
  test(`series of ${length} bytes are read wherever chunks end`, (t) => {
    const mapping = new MemoryMapping();
    const writer = new Writer(mapping, IDENTITY);
    const id = writer.defineMetric(descriptor({ name: 'c', labelNames: ['l'] }));
    const count = Math.ceil(BYTES / length);
    for (let i = 0; i < count; i++) {
      writer.addSeries(id, [String(i).padStart(length, '-')], 1, newHolder());
    }
    const reader = new Reader(mapping.reader());
    reader.update();
    t.is(reader.series.length, count);
  });
}
