import test from 'ava';
import { MappingError } from '../../src/errors.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { FakeDirectory } from '../helpers/fake-directory.js';
import { valuesOf } from '../helpers/reading.js';
import { descriptor, setSlot } from '../helpers/writers.js';

function counter(name: string, labelNames: string[] = []): StoreMetric {
  return new StoreMetric(descriptor({ name, labelNames }));
}

function opened(
  directory: FakeDirectory,
  metric: StoreMetric,
  labels: string[],
  value = 0,
): Series {
  const series = new Series(metric, labels);
  directory.store.open(series);
  setSlot(series, value);
  return series;
}

const inFiles = (directory: FakeDirectory) =>
  Object.assign({}, ...directory.fileReaders().map(valuesOf));
const inMemory = (directory: FakeDirectory) => {
  const [memory] = directory.allReaders().slice(-1);
  return memory === undefined ? {} : valuesOf(memory);
};

test('a metric that is shown is in the file, one that is not is nowhere', (t) => {
  const directory = new FakeDirectory();
  const [shown, hidden] = [counter('shown'), counter('hidden')];
  directory.store.attach(shown);
  opened(directory, shown, [], 1);
  const series = opened(directory, hidden, [], 2);
  t.deepEqual(inFiles(directory), { 'shown[]': [1] });
  t.deepEqual(inMemory(directory), {});
  setSlot(series, 3);
  directory.store.attach(hidden);
  t.deepEqual(inFiles(directory), { 'shown[]': [1], 'hidden[]': [3] });
});

test('a metric leaves the page with its last registry and comes back with all it has counted', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c');
  directory.store.attach(metric);
  directory.store.attach(metric);
  const series = opened(directory, metric, [], 1);
  directory.store.detach(metric);
  t.deepEqual(inFiles(directory), { 'c[]': [1] });
  directory.store.detach(metric);
  t.deepEqual(inFiles(directory), {});
  t.deepEqual(directory.fileReaders()[0]?.metrics, []);
  setSlot(series, 5);
  directory.store.detach(metric);
  directory.store.attach(metric);
  t.deepEqual(inFiles(directory), { 'c[]': [5] });
});

test('a closed series leaves the page, and opens again at zero', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  const series = opened(directory, metric, ['a'], 9);
  directory.store.close(series);
  t.is(series.index, -1);
  t.deepEqual(inFiles(directory), {});
  directory.store.open(series);
  t.deepEqual(inFiles(directory), { 'c["a"]': [0] });
  directory.store.close(series);
  directory.store.close(series);
  t.deepEqual(directory.errors, []);
});

test('where no file can be made, counts go on in memory until a beat finds one', (t) => {
  const directory = new FakeDirectory();
  directory.faults.broken = true;
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  const [a, b] = [opened(directory, metric, ['a'], 1), opened(directory, metric, ['b'], 2)];
  t.deepEqual(inMemory(directory), { 'c["a"]': [1], 'c["b"]': [2] });
  t.is(directory.errors.length, 1);
  directory.faults.broken = false;
  setSlot(a, 10);
  t.deepEqual(inFiles(directory), {});
  directory.store.beat(1);
  setSlot(b, 20);
  t.deepEqual(inFiles(directory), { 'c["a"]': [10], 'c["b"]': [20] });
  t.deepEqual(inMemory(directory), {});
});

test('a directory that refuses is asked once between two beats', (t) => {
  const directory = new FakeDirectory();
  directory.faults.broken = true;
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  for (let i = 0; i < 100; i++) opened(directory, metric, [String(i)]);
  t.is(directory.attempts, 1);
  directory.store.beat(1);
  t.is(directory.attempts, 2);
});

test('a file that can get no name is taken back every time', (t) => {
  const directory = new FakeDirectory();
  directory.faults.unnamed = true;
  const metric = counter('c');
  directory.store.attach(metric);
  opened(directory, metric, [], 4);
  for (let beat = 0; beat < 3; beat++) directory.store.beat(beat);
  t.is(directory.unnamed.size, 0);
  t.true(directory.attempts > 3);
  directory.faults.unnamed = false;
  directory.store.beat(9);
  t.deepEqual(inFiles(directory), { 'c[]': [4] });
});

test('what a full disk refuses is counted in memory, what it has goes on in the file', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  const before = opened(directory, metric, ['before'], 1);
  directory.faults.full = true;
  const during = opened(directory, metric, ['during'], 2);
  setSlot(before, 3);
  t.deepEqual(inFiles(directory), { 'c["before"]': [3] });
  t.deepEqual(inMemory(directory), { 'c["during"]': [2] });
  t.true(directory.errors[0] instanceof MappingError);
  directory.faults.full = false;
  directory.store.beat(1);
  setSlot(during, 4);
  t.deepEqual(inFiles(directory), { 'c["before"]': [3], 'c["during"]': [4] });
});

test('a series whose removal a full disk refuses counts nothing, and goes with the next beat', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  const series = opened(directory, metric, ['a'], 8);
  directory.faults.full = true;
  directory.store.close(series);
  t.deepEqual(inFiles(directory), { 'c["a"]': [0] });
  directory.store.open(series);
  setSlot(series, 1);
  t.deepEqual(inMemory(directory), { 'c["a"]': [1] });
  directory.faults.full = false;
  directory.store.beat(1);
  t.deepEqual(directory.fileReaders().map(valuesOf), [{ 'c["a"]': [1] }]);
});

test('a metric that leaves the page while the disk is full is not counted twice when it comes back', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c', ['l']);
  directory.store.attach(metric);
  const series = opened(directory, metric, ['a'], 8);
  directory.faults.full = true;
  directory.store.detach(metric);
  t.deepEqual(inFiles(directory), { 'c["a"]': [0] });
  directory.faults.full = false;
  setSlot(series, 9);
  directory.store.attach(metric);
  t.deepEqual(inFiles(directory), { 'c["a"]': [0] });
  t.deepEqual(inMemory(directory), { 'c["a"]': [9] });
  directory.store.beat(1);
  t.deepEqual(inFiles(directory), { 'c["a"]': [9] });
  directory.store.detach(metric);
  t.deepEqual(directory.fileReaders()[0]?.metrics, []);
});

test('a metric whose leave a full disk refused is off the page at the next beat', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c');
  directory.store.attach(metric);
  opened(directory, metric, [], 8);
  directory.faults.full = true;
  directory.store.detach(metric);
  directory.faults.full = false;
  directory.store.beat(1);
  t.deepEqual(directory.fileReaders()[0]?.metrics, []);
  t.deepEqual(directory.fileReaders()[0]?.series, []);
});

test('a file that somebody removed is followed at the next beat by one with all values', (t) => {
  const directory = new FakeDirectory();
  const [metric, gone] = [counter('c', ['l']), counter('gone')];
  for (const one of [metric, gone]) directory.store.attach(one);
  const series = opened(directory, metric, ['a'], 1);
  directory.store.close(opened(directory, metric, ['removed'], 2));
  opened(directory, gone, [], 3);
  directory.store.detach(gone);
  directory.store.setDefaultLabels(metric, [['app', 'x']]);
  directory.wipe();
  setSlot(series, 4);
  directory.store.beat(1);
  t.deepEqual(inFiles(directory), { 'c["a"]': [4] });
  const [reader] = directory.fileReaders();
  t.deepEqual(
    reader?.metrics.map(({ name, defaultLabels }) => [name, defaultLabels]),
    [['c', [['app', 'x']]]],
  );
  setSlot(series, 5);
  t.deepEqual(inFiles(directory), { 'c["a"]': [5] });
  t.deepEqual(directory.errors, []);
});

for (const fault of ['broken', 'full', 'unnamed'] as const) {
  test(`a file that was removed and cannot be made again (${fault}) costs no count`, (t) => {
    const directory = new FakeDirectory();
    const metric = counter('c', ['l']);
    directory.store.attach(metric);
    const series = ['a', 'b'].map((label) => opened(directory, metric, [label], 1));
    directory.wipe();
    directory.faults[fault] = true;
    directory.store.beat(1);
    for (const one of series) setSlot(one, 2);
    t.deepEqual(inMemory(directory), { 'c["a"]': [2], 'c["b"]': [2] });
    t.deepEqual(inFiles(directory), {});
    directory.store.beat(2);
    t.is(directory.unnamed.size, 0);
    directory.faults[fault] = false;
    directory.store.beat(3);
    t.deepEqual(inFiles(directory), { 'c["a"]': [2], 'c["b"]': [2] });
    t.deepEqual(inMemory(directory), {});
  });
}

test('a thread that has another name makes its file anew, at once or when that can be', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c');
  directory.store.attach(metric);
  const series = opened(directory, metric, [], 1);
  const names = () => directory.fileReaders().map(({ header }) => header.name);
  directory.name = 'web';
  directory.store.remake(1);
  t.deepEqual(names(), ['web']);
  t.deepEqual(inFiles(directory), { 'c[]': [1] });
  directory.faults.full = true;
  directory.name = 'shop';
  directory.store.remake(2);
  setSlot(series, 2);
  t.deepEqual(names(), ['web']);
  t.deepEqual(inFiles(directory), { 'c[]': [2] });
  directory.faults.full = false;
  directory.store.beat(3);
  t.deepEqual(names(), ['shop']);
  t.deepEqual(inFiles(directory), { 'c[]': [2] });
  const attempts = directory.attempts;
  directory.store.beat(4);
  t.is(directory.attempts, attempts, 'it is made anew once');
});

test('changed default labels reach the file, or what stands in for it', (t) => {
  const directory = new FakeDirectory();
  const metric = counter('c');
  metric.defaultLabels = [['app', 'one']];
  directory.store.attach(metric);
  directory.store.setDefaultLabels(metric, [['app', 'two']]);
  t.deepEqual(directory.fileReaders()[0]?.metrics[0]?.defaultLabels, [['app', 'two']]);
});

test('a store without a directory keeps all in memory and makes no file', (t) => {
  const directory = new FakeDirectory({ set: false });
  const metric = counter('c');
  directory.store.attach(metric);
  opened(directory, metric, [], 1);
  directory.store.beat(1);
  directory.store.flush();
  directory.store.end();
  t.is(directory.attempts, 0);
  t.is(directory.store.fileWriter, undefined);
  t.deepEqual(inMemory(directory), { 'c[]': [1] });
});
