// Files of writers that have given their lock up are copied and not mapped. Checks that what
// is copied is the last that the writer wrote, all of it, and that nothing else is.

import { rmSync, truncateSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { FileFormatError } from '../../src/errors.js';
import type { FileHeader } from '../../src/format/header.js';
import { HEADER_BYTES, SLOT_BYTES } from '../../src/format/layout.js';
import type { Backend, ReadableMapping } from '../../src/mapping/mapping.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Observer } from '../../src/processes/liveness.js';
import type { Writer } from '../../src/store/writer.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { setUp } from '../helpers/directory-views.js';
import { valuesOf } from '../helpers/reading.js';
import { descriptor, fileWriter, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

/** Sees no process run: who has no lock is dead. */
const OBSERVER: Observer = {
  self: IDENTITY,
  nowMs: () => IDENTITY.createdMs,
  startTicksOf: () => undefined,
  runs: () => false,
};

/** A writer with `count` series of one counter, whose values are 1, 2, 3 ... */
function addWriter(
  t: ExecutionContext,
  directory: string,
  backend: Backend,
  name: string,
  count = 1,
  identity: Partial<FileHeader> = {},
) {
  const path = newWriterName(directory, IDENTITY.pid, 0).final;
  const writer = fileWriter(backend, path, { ...IDENTITY, ...identity });
  t.teardown(() => writer.mapping.close());
  const id = writer.defineMetric(descriptor({ name, labelNames: ['l'] }));
  const holders = Array.from({ length: count }, (_, i) => {
    const holder = newHolder();
    writer.addSeries(id, [String(i)], 1, holder, [i + 1]);
    return holder;
  });
  writer.mapping.flush();
  return { path, writer, holders };
}

function end(...writers: { readonly writer: Writer }[]): void {
  for (const { writer } of writers) {
    writer.mapping.flush();
    writer.mapping.close();
  }
}

function counters(name: string, count: number): Record<string, number[]> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}["${i}"]`, [i + 1]]));
}

/** A backend that does `before` before each call of a method of the files that it opens. */
function interrupted(
  backend: Backend,
  before: (method: 'probeLock' | 'read', mapping: ReadableMapping) => void,
): Backend {
  return {
    ...backend,
    open(path, flushSequenceAt) {
      const mapping = backend.open(path, flushSequenceAt);
      const probeLock = mapping.probeLock.bind(mapping);
      const read = mapping.read.bind(mapping);
      return Object.assign(mapping, {
        probeLock() {
          before('probeLock', mapping);
          return probeLock();
        },
        read(target: Uint8Array, offset: number) {
          before('read', mapping);
          return read(target, offset);
        },
      });
    },
  };
}

for (const name of expectedBackends()) {
  const backend = loadBackend(name);

  test(`${name}: dead writers of all sizes, one behind the other, keep their values`, (t) => {
    const { directory, view, values, liveness } = setUp(t, backend, OBSERVER);
    // A few; more than are read at once; several chunks; none.
    const sizes = [3, 3000, 1, 20_000, 0, 2000];
    end(...sizes.map((size, i) => addWriter(t, directory, backend, `c${i}`, size)));
    t.true(view.scan());
    t.deepEqual(
      liveness(),
      sizes.map(() => 'dead'),
    );
    const expected = Object.assign({}, ...sizes.map((size, i) => counters(`c${i}`, size)));
    t.deepEqual(values(), expected);
    t.false(view.scan());
    t.deepEqual(values(), expected);
  });

  test(`${name}: dead writers of the same records have values of their own`, (t) => {
    const { directory, view } = setUp(t, backend, OBSERVER);
    const files = Array.from({ length: 5 }, () => addWriter(t, directory, backend, 'c', 2));
    files.forEach(({ holders, writer }, i) => {
      for (const holder of holders) setSlot(holder, 10 + i);
      writer.beat(IDENTITY.createdMs + i);
    });
    end(...files);
    view.scan();
    const found = view.sources.map(({ reader, aliveMs }) => [
      valuesOf(reader)['c["1"]'],
      aliveMs - IDENTITY.createdMs,
    ]);
    t.deepEqual(
      found.sort(),
      files.map((_, i) => [[10 + i], i]),
    );
    t.is(new Set(view.sources.map(({ contents }) => contents)).size, 1);
  });

  test(`${name}: exemplars of the dead are read`, (t) => {
    const { directory, view } = setUp(t, backend, OBSERVER);
    const file = addWriter(t, directory, backend, 'c', 2);
    const one = { labels: [['trace', 'abc']] as const, value: 1, timeMs: 1000 };
    file.writer.addExemplar(1, 0, one);
    end(file);
    view.scan();
    const [source] = view.sources;
    const [slot] = source?.contents.series[1]?.exemplarSlots ?? [];
    t.deepEqual(source?.exemplar(slot as number).read(), one);
  });

  test(`${name}: what a writer stores last before it gives its lock up is read`, (t) => {
    let left: ReturnType<typeof addWriter> | undefined;
    const dying = interrupted(backend, (method) => {
      const file = left;
      if (file === undefined || method !== 'probeLock') return;
      left = undefined;
      setSlot(file.holders[0] as never, 99);
      end(file);
    });
    const { directory, view, values, liveness } = setUp(t, dying, OBSERVER);
    left = addWriter(t, directory, backend, 'c');
    view.scan();
    t.deepEqual([values(), liveness()], [{ 'c["0"]': [99] }, ['dead']]);
  });

  test(`${name}: what a writer stores after its lock was seen held is read`, (t) => {
    let left: ReturnType<typeof addWriter> | undefined;
    let held = false;
    const dying = interrupted(backend, (method) => {
      const file = left;
      if (method === 'probeLock') held = true;
      if (file === undefined || method !== 'read' || (name === 'mmap' && !held)) return;
      left = undefined;
      setSlot(file.holders[0] as never, 99);
      end(file);
    });
    const { directory, view, values, liveness } = setUp(t, dying, OBSERVER);
    left = addWriter(t, directory, backend, 'c');
    view.scan();
    t.deepEqual([values(), liveness()], [{ 'c["0"]': [99] }, ['dead']]);
  });

  test(`${name}: a dead writer's file that is cut off while it is read is skipped`, (t) => {
    const cuts = [0, HEADER_BYTES, HEADER_BYTES + 4 * SLOT_BYTES, 65536, 70_000];
    const paths: string[] = [];
    for (const nth of [1, 2, 3, 4]) {
      for (const cut of cuts) {
        let reads = 0;
        const cutting = interrupted(backend, (method) => {
          if (method === 'read' && ++reads === nth) truncateSync(paths.at(-1) as string, cut);
        });
        const { directory, view, values, errors } = setUp(t, cutting, OBSERVER);
        const file = addWriter(t, directory, backend, 'c', 20_000);
        paths.push(file.path);
        end(file);
        // The file backend reads in a way of its own, and some cuts come after all was read.
        view.scan();
        if (errors.length > 0) t.true(errors[0] instanceof FileFormatError);
        if (name === 'mmap' && reads >= nth) {
          t.deepEqual([values(), view.skipped.length], [{}, 1], `read ${nth}, cut at ${cut}`);
        }
        view.close();
      }
    }
    t.pass();
  });

  test(`${name}: values of a dead writer stay when its file is cut off, until the next scan`, (t) => {
    const { directory, view, values } = setUp(t, backend, OBSERVER);
    const file = addWriter(t, directory, backend, 'c', 2);
    end(file);
    view.scan();
    const before = values();
    if (name === 'mmap') {
      truncateSync(file.path, 0);
      t.deepEqual(values(), before);
    } else {
      rmSync(file.path);
    }
    t.true(view.scan());
    t.deepEqual(values(), {});
  });

  test(`${name}: a file of another machine is followed although its lock is free`, (t) => {
    const runs = { ...OBSERVER, startTicksOf: () => IDENTITY.startTicks, runs: () => true };
    const { directory, view, values, liveness } = setUp(t, backend, runs);
    const bootId = 'ff'.repeat(16);
    const file = addWriter(t, directory, backend, 'c', 1, { bootId });
    file.writer.beat(IDENTITY.createdMs);
    file.writer.mapping.flush();
    view.scan();
    t.deepEqual(liveness(), ['live']);
    setSlot(file.holders[0] as never, 7);
    file.writer.mapping.flush();
    view.scan();
    t.deepEqual(values(), { 'c["0"]': [7] });
  });
}
