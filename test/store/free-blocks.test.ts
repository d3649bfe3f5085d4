// When the slots of a removed series serve another.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { FreeBlocks } from '../../src/store/free-blocks.js';
import { Reader } from '../../src/store/reader.js';
import { toChunk } from '../../src/store/writable-chunk.js';
import { loadBackend } from '../helpers/backends.js';
import { bytesMapping } from '../helpers/bytes-mapping.js';
import { valuesOf } from '../helpers/reading.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, newHolder } from '../helpers/writers.js';

const chunk = toChunk(new ArrayBuffer(64), 0, undefined);

test('where memory is the file a block serves again at once, for its width alone', (t) => {
  const blocks = new FreeBlocks(() => undefined);
  blocks.leave({ chunk, index: 1 }, 2);
  t.is(blocks.take(1), undefined);
  t.is(blocks.take(2)?.index, 1);
  t.is(blocks.take(2), undefined);
});

test('where a flush brings changes a block serves again after the next one', (t) => {
  let flushes = 5;
  const blocks = new FreeBlocks(() => flushes);
  blocks.leave({ chunk, index: 1 }, 1);
  t.is(blocks.take(1), undefined);
  flushes++;
  blocks.leave({ chunk, index: 2 }, 1);
  t.is(blocks.take(1)?.index, 1);
  t.is(blocks.take(1), undefined);
  flushes++;
  t.is(blocks.take(1)?.index, 2);
});

test('a block that no series had serves at once', (t) => {
  const blocks = new FreeBlocks(() => 0);
  blocks.giveBack({ chunk, index: 3 }, 1);
  t.is(blocks.take(1)?.index, 3);
});

test('file: whatever part of a flush reached the file, no value stands under the labels of another', (t) => {
  const path = join(temporaryDirectory(t), 'f');
  const writer = fileWriter(loadBackend('file'), path);
  t.teardown(() => writer.mapping.close());
  const metric = writer.defineMetric(descriptor({ name: 'm', labelNames: ['l'] }));
  let before = newHolder();
  let id = writer.addSeries(metric, ['0'], 1, before, [0]);
  writer.mapping.flush();
  for (let step = 1; step <= 20; step++) {
    const old = readFileSync(path);
    // One goes and the next one comes in one turn: every second turn it may have the slot
    // of the one that went a turn ago.
    writer.removeSeries(id, 1, before);
    before = newHolder();
    id = writer.addSeries(metric, [`${step}`], 1, before, [step]);
    writer.mapping.flush();
    const flushed = readFileSync(path);
    // The header comes last, so this is the file right before it comes.
    const half = Buffer.concat([old.subarray(0, 4096), flushed.subarray(4096)]);
    for (const bytes of [half, flushed]) {
      const reader = new Reader(bytesMapping(bytes));
      reader.update();
      const shown = bytes === half ? step - 1 : step;
      t.deepEqual(valuesOf(reader), { [`m["${shown}"]`]: [shown] });
    }
  }
  t.is(writer.size, 131072);
});
