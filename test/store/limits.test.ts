// What is beyond every limit still never throws into the application.

import test from 'ava';
import { CapacityError } from '../../src/errors.js';
import { MAX_RECORD_BYTES } from '../../src/limits.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { Store } from '../../src/store/store.js';
import { descriptor, memoryWriter } from '../helpers/writers.js';

function memoryStore(errors: unknown[]): Store {
  return new Store({
    openFile: undefined,
    publish: () => undefined,
    discard: () => undefined,
    openMemory: () => memoryWriter(),
    isPresent: () => true,
    onError: (error) => errors.push(error),
  });
}

test('a series that no record can hold counts, unseen, and is reported', (t) => {
  const errors: unknown[] = [];
  const store = memoryStore(errors);
  const metric = new StoreMetric(descriptor({ name: 'a_total', labelNames: ['a'] }));
  store.attach(metric);
  const series = new Series(metric, ['x'.repeat(MAX_RECORD_BYTES)]);
  store.open(series, [1]);
  t.is(series.values[series.index], 1);
  t.true(errors[0] instanceof CapacityError);
  store.beat(1);
  store.close(series);
  t.is(metric.series.size, 0);
});

test('a metric that no record can hold is reported, and its series count unseen', (t) => {
  const errors: unknown[] = [];
  const store = memoryStore(errors);
  const metric = new StoreMetric(
    descriptor({ name: 'a_total', help: 'x'.repeat(MAX_RECORD_BYTES) }),
  );
  store.attach(metric);
  const series = new Series(metric, []);
  store.open(series, [1]);
  t.is(series.values[series.index], 1);
  t.true(errors.every((error) => error instanceof CapacityError));
});
