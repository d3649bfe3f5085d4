// Series that come and go do not make a file grow for ever, and nobody sees that it was
// made anew.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DirectoryView } from '../../src/collect/directory-view.js';
import { MIN_GONE_SERIES } from '../../src/limits.js';
import { chooseBackend } from '../../src/mapping/backend.js';
import { planMerge } from '../../src/merge/plan.js';
import { ownIdentity } from '../../src/processes/identity.js';
import { createObserver } from '../../src/processes/liveness.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { Store } from '../../src/store/store.js';
import { expectedBackends } from '../helpers/backends.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, memoryWriter } from '../helpers/writers.js';

const CHURN = MIN_GONE_SERIES + 1;
const NAME = '1-0-0123456789abcdef.pmp';

function churn(store: Store, metric: StoreMetric): void {
  for (let i = 0; i < CHURN; i++) {
    const series = new Series(metric, [`user-${i}`]);
    store.open(series, [1]);
    store.close(series);
  }
}

function recordBytes(store: Store): number {
  return (store.fileWriter ?? store.memoryWriter).recordBytes;
}

for (const [name, withPageBetween] of expectedBackends().flatMap((name) => [
  [name, true] as const,
  [name, false] as const,
])) {
  const when = withPageBetween ? 'before' : 'with';
  test(`${name}: a file is made anew without what is gone, seen ${when} the next update`, (t) => {
    const dir = temporaryDirectory(t);
    const { backend } = chooseBackend(name);
    const store = new Store({
      openFile: () => fileWriter(backend, join(dir, `.${Math.random()}.new`), ownIdentity()),
      publish: (writer, inPlaceOf) =>
        writer.mapping.rename(inPlaceOf?.mapping.path ?? join(dir, NAME)),
      discard: () => t.fail('nothing fails here'),
      openMemory: () => memoryWriter(),
      isPresent: ({ mapping }) => statSync(mapping.path).ino === mapping.inode,
      onError: (error) => t.fail(String(error)),
    });
    const view = new DirectoryView(dir, backend, createObserver(ownIdentity(), Date.now), (error) =>
      t.fail(String(error)),
    );
    t.teardown(() => view.close());
    const page = () => {
      store.flush();
      view.scan();
      const plan = planMerge(view.sources);
      plan.run();
      return plan.families.map(({ labels, values }) => [labels, [...values]]);
    };
    const metric = new StoreMetric(descriptor({ labelNames: ['user'] }));
    store.attach(metric);
    const kept = new Series(metric, ['kept']);
    store.open(kept, [7]);
    const before = page();
    churn(store, metric);
    t.true(recordBytes(store) > CHURN * 32);
    store.beat(Date.now());
    t.true(recordBytes(store) < 1024);
    t.deepEqual(readdirSync(dir), [NAME]);
    if (withPageBetween) t.deepEqual(page(), before);
    kept.values[kept.index] = 8;
    kept.dirty?.mark(kept.index, kept.index);
    t.deepEqual(page(), [[[[['user', 'kept']]], [8]]]);
  });
}

test('memory of a thread without a directory is made anew as soon as most of it is gone', (t) => {
  const store = new Store({
    openFile: undefined,
    publish: () => undefined,
    discard: () => undefined,
    openMemory: () => memoryWriter(),
    isPresent: () => true,
    onError: (error) => t.fail(String(error)),
  });
  const metric = new StoreMetric(descriptor({ labelNames: ['user'] }));
  store.attach(metric);
  const kept = new Series(metric, ['kept']);
  store.open(kept, [7]);
  churn(store, metric);
  t.true(recordBytes(store) < 1024);
  t.is(kept.values[kept.index], 7);
  t.is(metric.series.size, 1);
});

test('a file that cannot be made anew stays as it is, and so do its series', (t) => {
  const dir = temporaryDirectory(t);
  const { backend } = chooseBackend('file');
  const errors: unknown[] = [];
  let refuse = false;
  const store = new Store({
    openFile: () => fileWriter(backend, join(dir, `.${Math.random()}.new`), ownIdentity()),
    publish: (writer) => {
      if (refuse) throw new Error('refused');
      writer.mapping.rename(join(dir, NAME));
    },
    discard: (writer) => writer.mapping.close(),
    openMemory: () => memoryWriter(),
    isPresent: () => true,
    onError: (error) => errors.push(error),
  });
  const metric = new StoreMetric(descriptor({ labelNames: ['user'] }));
  store.attach(metric);
  const kept = new Series(metric, ['kept']);
  store.open(kept, [7]);
  const { values, index } = kept;
  churn(store, metric);
  refuse = true;
  store.beat(1);
  t.is(errors.length, 1);
  t.is(kept.values, values);
  t.is(kept.index, index);
  refuse = false;
  store.beat(2);
  t.true(recordBytes(store) < 1024);
  t.is(kept.values[kept.index], 7);
});
