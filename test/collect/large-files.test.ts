// A file that is new to a view and has many records is read in steps.

import test, { type ExecutionContext } from 'ava';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { FileFormatError } from '../../src/errors.js';
import { ChunkKind } from '../../src/format/layout.js';
import { newWriterName } from '../../src/processes/directory.js';
import { Reader } from '../../src/store/reader.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { patchFile } from '../helpers/patch-file.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder } from '../helpers/writers.js';

const SERIES = 8_000;

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  const setUp = (t: ExecutionContext) => {
    const directory = temporaryDirectory(t);
    const { final: path } = newWriterName(directory, IDENTITY.pid, 0);
    const writer = fileWriter(backend, path);
    const metric = writer.defineMetric(descriptor({ name: 'm', labelNames: ['i'] }));
    for (let i = 0; i < SERIES; i++) writer.addSeries(metric, [`${i}`], 1, newHolder(), [i]);
    writer.mapping.flush();
    const errors: unknown[] = [];
    const observer = {
      self: IDENTITY,
      nowMs: () => IDENTITY.createdMs,
      startTicksOf: () => IDENTITY.startTicks,
      runs: () => true,
    };
    const view = new DirectoryView(directory, backend, observer, (error) => errors.push(error));
    t.teardown(() => {
      view.close();
      writer.mapping.close();
    });
    return { path, view, errors, writer };
  };

  test(`${name}: its series are there when all steps are done`, (t) => {
    const { view, errors } = setUp(t);
    const steps = view.steps();
    const seen = new Set<number>();
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      for (const { contents } of view.sources) seen.add(contents.series.length);
      if (view.sources.length > 0) count++;
      if (count > 3 * SERIES) break;
    }
    // What is half read is on no page.
    t.deepEqual([...seen], [0, SERIES]);
    t.true(step.value as boolean);
    t.true(count >= SERIES / 1024, `${count} steps`);
    t.is(view.sources[0]?.contents.series.length, SERIES);
    t.deepEqual(errors, []);
    t.false(view.scan());
  });

  test(`${name}: where a record of it is no good it is skipped, and told of once`, (t) => {
    const { path, view, errors, writer } = setUp(t);
    writer.mapping.close();
    const reader = Reader.open(backend, path);
    reader.update();
    const records = reader.chunks.filter(({ kind }) => kind === ChunkKind.records);
    reader.close();
    // Far into the records: 0xff is no kind of one, and no length that fits.
    patchFile(path, (records[0]?.begin ?? 0) + 80_000, new Uint8Array(64).fill(0xff));
    for (let scan = 0; scan < 2; scan++) {
      t.is(view.scan(), false);
      t.deepEqual(
        view.skipped.map(({ file }) => file),
        [path],
      );
      t.deepEqual(view.sources, []);
    }
    t.is(errors.length, 1);
    t.true(errors[0] instanceof FileFormatError);
  });
}
