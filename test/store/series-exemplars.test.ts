// Exemplars go where their series go, and no failure of the disk costs more than them.

import test from 'ava';
import { GONE_PER_LIVE_SERIES, MIN_GONE_SERIES } from '../../src/limits.js';
import { StoredExemplar } from '../../src/store/exemplar-entry.js';
import type { Reader } from '../../src/store/reader.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { given } from '../helpers/exemplars.js';
import { FakeDirectory } from '../helpers/fake-directory.js';
import { descriptor, setSlot } from '../helpers/writers.js';

const HISTOGRAM = descriptor({ type: 'histogram', labelNames: ['l'], buckets: [1] });

function setUp() {
  const directory = new FakeDirectory();
  const metric = new StoreMetric(HISTOGRAM);
  directory.store.attach(metric);
  const open = (label: string, ...traces: (string | undefined)[]) => {
    const series = new Series(metric, [label]);
    directory.store.open(series);
    traces.forEach((trace, bucket) => {
      if (trace !== undefined) directory.store.exemplars.set(series, bucket, given(trace));
    });
    return series;
  };
  return { directory, metric, open };
}

/** Traces by label value, each by bucket. */
function tracesOf(readers: readonly Reader[]): Record<string, (string | undefined)[]> {
  const all = readers.flatMap((reader) =>
    reader.series.map(({ labelValues: [label], exemplarSlots = [] }) => {
      const traces = [...exemplarSlots].map((slot) => {
        if (slot === undefined) return undefined;
        const { values, index } = reader.locate(slot);
        return new StoredExemplar(values, index).read()?.labels[0]?.[1];
      });
      return [label, traces];
    }),
  );
  return Object.fromEntries(all);
}

const inFiles = ({ directory }: ReturnType<typeof setUp>) => tracesOf(directory.fileReaders());
const onPage = ({ directory }: ReturnType<typeof setUp>) => tracesOf(directory.allReaders());

test('a bucket shows the last exemplar that it was given', (t) => {
  const scene = setUp();
  const series = scene.open('a', undefined, 'one');
  t.deepEqual(inFiles(scene), { a: [undefined, 'one'] });
  scene.directory.store.exemplars.set(series, 1, given('two'));
  scene.directory.store.exemplars.set(series, 0, given('three'));
  t.deepEqual(inFiles(scene), { a: ['three', 'two'] });
});

test('a closed series has none when it opens again', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one', 'two');
  scene.directory.store.close(series);
  scene.directory.store.open(series);
  t.deepEqual(inFiles(scene), { a: [] });
  t.is(series.exemplars, undefined);
});

test('exemplars that are cleared are gone, and others come in their place', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one', 'two');
  scene.directory.store.exemplars.clear(series);
  t.deepEqual(inFiles(scene), { a: [undefined, undefined] });
  scene.directory.store.exemplars.set(series, 1, given('three'));
  t.deepEqual(inFiles(scene), { a: [undefined, 'three'] });
});

test('a metric that leaves the page and comes back has them all', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one');
  scene.directory.store.detach(scene.metric);
  scene.directory.store.exemplars.set(series, 1, given('unseen'));
  t.deepEqual(onPage(scene), {});
  scene.directory.store.attach(scene.metric);
  t.deepEqual(inFiles(scene), { a: ['one', 'unseen'] });
});

test('a file that somebody removed is followed by one with all exemplars', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one', 'two');
  scene.directory.wipe();
  scene.directory.store.beat(1);
  t.deepEqual(inFiles(scene), { a: ['one', 'two'] });
  scene.directory.store.exemplars.set(series, 1, given('three'));
  t.deepEqual(inFiles(scene), { a: ['one', 'three'] });
});

test('a file that is made anew has all exemplars, those of removed series left out', (t) => {
  const scene = setUp();
  scene.open('stays', 'one');
  const gone = Math.max(MIN_GONE_SERIES, GONE_PER_LIVE_SERIES) + 1;
  for (let i = 0; i < gone; i++) scene.directory.store.close(scene.open(`${i}`, 'gone'));
  const before = scene.directory.attempts;
  scene.directory.store.beat(1);
  t.is(scene.directory.attempts, before + 1);
  t.deepEqual(tracesOf(scene.directory.fileReaders().slice(-1)), { stays: ['one'] });
});

test('a file that could not be made anew goes on with its exemplars', (t) => {
  const scene = setUp();
  const series = scene.open('stays', 'one');
  for (let i = 0; i <= MIN_GONE_SERIES; i++) scene.directory.store.close(scene.open(`${i}`));
  scene.directory.faults.unnamed = true;
  scene.directory.store.beat(1);
  t.is(scene.directory.errors.length, 1);
  scene.directory.store.exemplars.set(series, 0, given('two'));
  t.deepEqual(inFiles(scene), { stays: ['two'] });
});

test('without room in the file an exemplar is left out until a beat later, and counts go on', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one');
  scene.directory.faults.full = true;
  scene.directory.store.exemplars.set(series, 1, given('two'));
  scene.directory.store.exemplars.set(series, 1, given('three'));
  t.is(scene.directory.errors.length, 1);
  scene.directory.store.exemplars.set(series, 0, given('has its place'));
  setSlot(series, 7);
  t.deepEqual(inFiles(scene), { a: ['has its place'] });
  scene.directory.faults.full = false;
  scene.directory.store.exemplars.set(series, 1, given('four'));
  t.deepEqual(inFiles(scene), { a: ['has its place'] });
  scene.directory.store.beat(1);
  scene.directory.store.exemplars.set(series, 1, given('five'));
  t.deepEqual(inFiles(scene), { a: ['has its place', 'five'] });
  t.deepEqual(
    series.exemplars?.map((one) => one?.labels[0]?.[1]),
    ['has its place', 'five'],
  );
});

test('a series in memory has its exemplars there, and in the file when it gets there', (t) => {
  const scene = setUp();
  scene.directory.faults.full = true;
  scene.open('a', 'one');
  t.deepEqual(onPage(scene), { a: ['one'] });
  t.deepEqual(inFiles(scene), {});
  scene.directory.faults.full = false;
  scene.directory.store.beat(1);
  t.deepEqual(inFiles(scene), { a: ['one'] });
});

test('a series whose removal a full disk refuses shows none', (t) => {
  const scene = setUp();
  const series = scene.open('a', 'one', 'two');
  scene.directory.faults.full = true;
  scene.directory.store.close(series);
  t.deepEqual(inFiles(scene), { a: [undefined, undefined] });
  scene.directory.faults.full = false;
  scene.directory.store.beat(1);
  t.deepEqual(inFiles(scene), {});
});
