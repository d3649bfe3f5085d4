// What came and went leaves nothing in memory. Objects are counted by the engine after a
// full garbage collection, so the tests here are few and synchronous: nothing else runs
// between two counts.

import v8 from 'node:v8';
import test from 'ava';
import { Counter, Registry } from '../../src/index.js';
import { CounterChild } from '../../src/metrics/counter.js';

function alive(): Record<string, number> {
  // Levels of the index hold a Map each.
  return { children: count(CounterChild), maps: count(Map) };
}

function count(type: { readonly prototype: object }): number {
  return Number(v8.queryObjects(type as new () => object, { format: 'count' }));
}

/** Checks that `action` leaves no more objects behind than there were. */
function leavesNothing(t: { deepEqual(a: unknown, b: unknown): unknown }, action: () => void) {
  const before = alive();
  action();
  const grown = Object.entries(alive()).filter(([kind, count]) => count > (before[kind] ?? 0));
  t.deepEqual(grown, []);
}

test.serial('a hundred thousand series that came and went leave nothing behind', (t) => {
  const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a', 'b'], registers: [] });
  counter.inc({ a: 'stays', b: 1 });
  leavesNothing(t, () => {
    for (let i = 0; i < 100_000; i++) {
      // Strings and numbers, many values on either level.
      counter.inc({ a: i, b: `${i % 7}` });
      counter.inc({ a: `${i}`, b: i % 7 });
      counter.remove({ a: i, b: i % 7 });
    }
  });
});

test.serial('a reset leaves nothing of its series behind', (t) => {
  const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a', 'b'], registers: [] });
  leavesNothing(t, () => {
    for (let i = 0; i < 1000; i++) counter.inc({ a: i, b: i });
    counter.reset();
  });
});

test.serial('an update that is refused leaves nothing behind', (t) => {
  const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: [] });
  leavesNothing(t, () => {
    for (let i = 0; i < 1000; i++) t.throws(() => counter.inc({ a: i }, -1));
  });
});

test.serial('a metric that no registry and no code holds is gone', (t) => {
  const registry = new Registry();
  leavesNothing(t, () => {
    for (let i = 0; i < 100; i++) {
      new Counter({ name: 'c', help: 'h', labelNames: ['a'], registers: [registry] }).inc({ a: i });
      registry.removeSingleMetric('c');
    }
  });
});
