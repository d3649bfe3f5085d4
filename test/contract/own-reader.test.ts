// What a writer's mapping gives its own thread to read.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Mark } from '../../src/format/layout.js';
import { markFiles } from '../../src/processes/mark.js';
import { Reader } from '../../src/store/reader.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { valuesOf } from '../helpers/reading.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

const NAME = `${IDENTITY.pid}-0-0123456789abcdef.pmp`;

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`${name}: the own file reads as others read it, before a flush and without a file`, (t) => {
    const path = join(temporaryDirectory(t), NAME);
    const writer = fileWriter(backend, path);
    t.teardown(() => writer.mapping.close());
    const holder = newHolder();
    const id = writer.defineMetric(descriptor({ labelNames: ['l'] }));
    for (let i = 0; i < 20_000; i++) {
      writer.addSeries(id, [String(i)], 1, i === 0 ? holder : newHolder(), [i]);
    }
    setSlot(holder, 7);
    const own = new Reader(writer.mapping.reader());
    own.update();
    t.deepEqual(valuesOf(own)['requests_total["0"]'], [7]);
    writer.mapping.flush();
    const other = Reader.open(backend, path);
    t.teardown(() => other.close());
    other.update();
    t.deepEqual(valuesOf(own), valuesOf(other));
    t.deepEqual(own.header, other.header);
    t.is(own.inode, other.inode);
    rmSync(path);
    setSlot(holder, 8);
    own.update();
    t.deepEqual(valuesOf(own)['requests_total["0"]'], [8]);
  });

  test(`${name}: a mark that another process leaves in the own file is seen`, (t) => {
    const directory = temporaryDirectory(t);
    const writer = fileWriter(backend, join(directory, NAME));
    t.teardown(() => writer.mapping.close());
    const own = new Reader(writer.mapping.reader());
    own.update();
    t.is(own.mark, Mark.none);
    t.is(
      markFiles(directory, IDENTITY.pid, IDENTITY, (error) => t.fail(String(error))),
      1,
    );
    own.update();
    t.is(own.mark, Mark.dead);
  });
}
