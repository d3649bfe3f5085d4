// What is held of a file whose slots change hands while it is read.

import test from 'ava';
import { MemoryMapping } from '../../src/mapping/memory.js';
import { FileSource } from '../../src/processes/file-source.js';
import { Reader } from '../../src/store/reader.js';
import { Writer } from '../../src/store/writer.js';
import { valuesOf } from '../helpers/reading.js';
import { descriptor, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

/** A writer of the series a, b and c, and a source whose every `update` is preceded by `meanwhile`. */
function setUp() {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, IDENTITY);
  const metric = writer.defineMetric(descriptor({ name: 'm', labelNames: ['l'] }));
  const add = (label: string, value: number) => {
    const holder = newHolder();
    const id = writer.addSeries(metric, [label], 1, holder, [value]);
    return { holder, remove: () => writer.removeSeries(id, 1, holder) };
  };
  const scene = { meanwhile: () => {}, writer, metric, add };
  const source = new FileSource(
    new Reader(Object.assign(mapping.reader(), { refresh: () => scene.meanwhile() })),
  );
  return { scene, source, series: { a: add('a', 1), b: add('b', 2), c: add('c', 3) } };
}

/** As a merge reads it. */
function readable(source: FileSource) {
  const { metrics, series } = source.contents;
  const locate = (slot: number) => {
    const { extent, index } = source.contents.place(slot);
    return { values: source.extent(extent), index };
  };
  return { metrics, series, locate };
}

test('a slot that was given away before values were copied is on no side', (t) => {
  const { scene, source, series } = setUp();
  source.update();
  series.b.remove();
  scene.add('new', 100);
  t.true(source.slotsMoved);
  source.hold();
  t.false(source.slotsMoved);
  t.deepEqual(valuesOf(readable(source)), { 'm["a"]': [1], 'm["c"]': [3] });
});

test('values are those of the moment of the copy, also when their slots are given away after it', (t) => {
  const { scene, source, series } = setUp();
  source.update();
  scene.meanwhile = () => {
    series.b.remove();
    scene.add('new', 100);
    setSlot(series.a.holder, 10);
  };
  source.hold();
  t.deepEqual(valuesOf(readable(source)), { 'm["a"]': [1], 'm["c"]': [3] });
  scene.meanwhile = () => {};
  t.true(source.update());
  t.deepEqual(valuesOf(readable(source)), { 'm["a"]': [10], 'm["c"]': [3], 'm["new"]': [100] });
});

test('a series that went and came again at the same slot meanwhile is another one', (t) => {
  const { scene, source, series } = setUp();
  source.update();
  series.b.remove();
  scene.add('other', 100).remove();
  scene.add('b', 0);
  source.hold();
  t.deepEqual(valuesOf(readable(source)), { 'm["a"]': [1], 'm["c"]': [3] });
});

test('after it was held a source reads on, also where no record is new', (t) => {
  const { source, series } = setUp();
  source.update();
  source.hold();
  setSlot(series.a.holder, 5);
  t.is(valuesOf(readable(source))['m["a"]']?.[0], 1);
  t.true(source.update());
  t.is(valuesOf(readable(source))['m["a"]']?.[0], 5);
  t.false(source.update());
});

test('value and set-time are held as a pair, or with a time that nobody knows', (t) => {
  const mapping = new MemoryMapping();
  const writer = new Writer(mapping, IDENTITY);
  const metric = writer.defineMetric(descriptor({ name: 'g', type: 'gauge', mode: 'mostrecent' }));
  const holder = newHolder();
  writer.addSeries(metric, [], 2, holder, [7, 70]);
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  source.hold();
  t.deepEqual(valuesOf(readable(source)), { 'g[]': [7, 70] });
  source.update();
  // The writer was stopped between its stores.
  setSlot(holder, Number.NaN, 1);
  source.hold();
  t.deepEqual(valuesOf(readable(source)), { 'g[]': [7, Number.NaN] });
});
