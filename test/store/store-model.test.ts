// A store over a directory in which anything can go wrong at any time, against a model
// that only counts. What must hold:
// - file and memory together show every count exactly once, whatever has failed;
// - after one beat with nothing in the way the file alone shows exactly what is open
//   and registered, under the name that the thread has, and nothing is left over.

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { Reader } from '../../src/store/reader.js';
import { Series, StoreMetric } from '../../src/store/series.js';
import { FakeDirectory, type Faults } from '../helpers/fake-directory.js';
import { holds } from '../helpers/holds.js';
import { descriptor, setSlot } from '../helpers/writers.js';

const METRICS = ['a', 'b', 'c'] as const;
const LABELS = ['x', 'y', 'z'] as const;

interface Model {
  /** Count of every open series by metric and label. */
  readonly counts: Map<string, number>;
  readonly registrations: Map<string, number>;
  wiped: boolean;
}

class Real {
  readonly directory = new FakeDirectory();
  readonly #metrics = new Map(
    METRICS.map((name) => [name, new StoreMetric(descriptor({ name, labelNames: ['l'] }))]),
  );
  readonly #series = new Map<string, Series>();
  #beats = 0;

  metric(name: (typeof METRICS)[number]): StoreMetric {
    return this.#metrics.get(name) as StoreMetric;
  }

  inc(name: (typeof METRICS)[number], label: string, by: number): void {
    const key = `${name}/${label}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series(this.metric(name), [label]);
      this.#series.set(key, series);
    }
    if (series.index < 0) this.directory.store.open(series);
    setSlot(series, (series.values[series.index] as number) + by);
  }

  close(name: string, label: string): void {
    const series = this.#series.get(`${name}/${label}`);
    if (series !== undefined) this.directory.store.close(series);
  }

  beat(): void {
    this.directory.store.beat(++this.#beats);
  }

  rename(name: string): void {
    this.directory.name = name;
    this.directory.store.remake(++this.#beats);
  }
}

/** Sums of all series by metric and label; those of zero too where `zeros` is set. */
function totals(readers: readonly Reader[], zeros: boolean): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const reader of readers) {
    for (const { metric, labelValues, slot } of reader.series) {
      const { values, index } = reader.locate(slot);
      const key = `${metric.name}/${labelValues[0]}`;
      sums[key] = (sums[key] ?? 0) + (values[index] as number);
    }
  }
  return zeros ? sums : Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

function expected(model: Model, zeros: boolean): Record<string, number> {
  return Object.fromEntries(
    [...model.counts].filter(
      ([key, count]) =>
        (model.registrations.get(key.split('/', 1)[0] as string) ?? 0) > 0 && (zeros || count > 0),
    ),
  );
}

type Step = fc.Command<Model, Real>;

function step(text: string, run: (model: Model, real: Real) => void): Step {
  return { check: () => true, run, toString: () => text };
}

const name = fc.constantFrom(...METRICS);
const label = fc.constantFrom(...LABELS);
const fault = fc.constantFrom<keyof Faults>('full', 'broken', 'unnamed');

const steps = (t: ExecutionContext): fc.Arbitrary<Step>[] => {
  const look = (model: Model, real: Real): void => {
    if (model.wiped) return;
    t.deepEqual(totals(real.directory.allReaders(), false), expected(model, false));
  };
  const checked = (text: string, run: (model: Model, real: Real) => void): Step =>
    step(text, (model, real) => {
      run(model, real);
      look(model, real);
    });
  return [
    fc.tuple(name, label, fc.integer({ min: 1, max: 100 })).map(([metric, l, by]) =>
      checked(`inc ${metric} ${l} ${by}`, (model, real) => {
        const key = `${metric}/${l}`;
        model.counts.set(key, (model.counts.get(key) ?? 0) + by);
        real.inc(metric, l, by);
      }),
    ),
    fc.tuple(name, label).map(([metric, l]) =>
      checked(`close ${metric} ${l}`, (model, real) => {
        model.counts.delete(`${metric}/${l}`);
        real.close(metric, l);
      }),
    ),
    name.map((metric) =>
      checked(`attach ${metric}`, (model, real) => {
        model.registrations.set(metric, (model.registrations.get(metric) ?? 0) + 1);
        real.directory.store.attach(real.metric(metric));
      }),
    ),
    name.map((metric) =>
      checked(`detach ${metric}`, (model, real) => {
        const before = model.registrations.get(metric) ?? 0;
        model.registrations.set(metric, Math.max(0, before - 1));
        real.directory.store.detach(real.metric(metric));
      }),
    ),
    fc.tuple(fault, fc.boolean()).map(([kind, on]) =>
      step(`${on ? 'fault' : 'no fault'} ${kind}`, (_, real) => {
        real.directory.faults[kind] = on;
      }),
    ),
    fc.constant(
      step('wipe', (model, real) => {
        real.directory.wipe();
        model.wiped = true;
      }),
    ),
    fc.constantFrom('web', 'shop').map((given) =>
      checked(`rename ${given}`, (model, real) => {
        real.rename(given);
        model.wiped = false;
      }),
    ),
    fc.constant(
      checked('beat', (model, real) => {
        real.beat();
        model.wiped = false;
      }),
    ),
  ];
};

test('whatever fails and comes back, every count is shown once and reaches the file', (t) => {
  holds(
    t,
    fc.property(fc.commands(steps(t), { maxCommands: 60, size: 'max' }), (commands) => {
      const real = new Real();
      const model: Model = { counts: new Map(), registrations: new Map(), wiped: false };
      fc.modelRun(() => ({ model, real }), commands);

      real.directory.faults.full = false;
      real.directory.faults.broken = false;
      real.directory.faults.unnamed = false;
      real.beat();
      t.deepEqual(totals(real.directory.fileReaders(), true), expected(model, true));
      t.deepEqual(totals([...real.directory.allReaders().slice(-1)], true), {});
      t.is(real.directory.unnamed.size, 0);
      for (const { header } of real.directory.allReaders()) t.is(header.name, real.directory.name);
    }),
    { numRuns: 500 },
  );
});
