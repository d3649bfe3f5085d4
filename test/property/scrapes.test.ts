// Programs of several writers in one directory, against a model that keeps plain numbers.
// At every scrape, by a view that has been open all the time and by one that is new, the
// merged values must be the model's: nothing lost, nothing twice, nothing under another
// series' labels.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { holds } from '../helpers/holds.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import {
  type Block,
  expectedPage,
  LABELS,
  MAX_WRITERS,
  METRICS,
  Model,
  Real,
  RealWriter,
} from './scrape-world.js';

type Step = fc.Command<Model, Real>;

function step(
  text: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => void,
): Step {
  return { check, run, toString: () => text };
}

const anyOne = fc.nat(1000);
const metricIndex = fc.nat(METRICS.length - 1);
const label = fc.constantFrom(...LABELS);

/** Steps choose among what there is by number, so that few are idle. */
function chosen<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

const liveOnes = ({ writers }: Model) => [...writers].filter(([, { live }]) => live);
const anybodyLives = (model: Model) => liveOnes(model).length > 0;

/** Adds a series if it is not there, and gives it these values if there are any. */
function update(
  model: Model,
  real: Real,
  number: number,
  [metric, l]: readonly [MetricDescriptor, string],
  change: ((block: Block) => Block) | undefined,
): void {
  const [pid, { blocks }] = chosen(liveOnes(model), number);
  const mine = real.writers.get(pid) as RealWriter;
  const key = `${metric.name}/${l}`;
  let block = blocks.get(key);
  if (block === undefined) {
    block = new Array<number>(slotsPerSeries(metric)).fill(0);
    blocks.set(key, block);
    mine.add(metric, l);
  }
  if (change === undefined) return;
  const changed = change(block);
  blocks.set(key, changed);
  mine.set(key, changed);
}

function steps(t: ExecutionContext): fc.Arbitrary<Step>[] {
  return [
    fc.constant(
      step(
        'new writer',
        ({ writers, made }) => writers.size < MAX_WRITERS && made < 2 * MAX_WRITERS,
        (model, real) => {
          const pid = ++model.made;
          model.writers.set(pid, { live: true, blocks: new Map() });
          real.writers.set(pid, new RealWriter(real.backend, real.directory, pid));
        },
      ),
    ),
    fc.tuple(anyOne, metricIndex, label).map(([number, m, l]) => {
      const metric = METRICS[m] as MetricDescriptor;
      return step(`${number} opens ${metric.name} ${l[0]}`, anybodyLives, (model, real) => {
        update(model, real, number, [metric, l], undefined);
      });
    }),
    fc
      .tuple(anyOne, metricIndex, label, fc.integer({ min: 1, max: 1000 }))
      .map(([number, m, l, value]) => {
        const metric = METRICS[m] as MetricDescriptor;
        const text = `${number} updates ${metric.name} ${l[0]} by ${value}`;
        return step(text, anybodyLives, (model, real) => {
          update(model, real, number, [metric, l], (block) =>
            metric.name === 'max' ? [value, 1] : block.map((n, i) => n + value * i + value),
          );
        });
      }),
    fc.tuple(anyOne, anyOne).map(([number, which]) =>
      step(
        `${number} removes ${which}`,
        (model) => liveOnes(model).some(([, { blocks }]) => blocks.size > 0),
        (model, real) => {
          const owners = liveOnes(model).filter(([, { blocks }]) => blocks.size > 0);
          const [pid, { blocks }] = chosen(owners, number);
          const key = chosen([...blocks.keys()], which);
          blocks.delete(key);
          real.writers.get(pid)?.remove(key);
        },
      ),
    ),
    anyOne.map((number) =>
      step(`${number} ends`, anybodyLives, (model, real) => {
        const [pid, writer] = chosen(liveOnes(model), number);
        const mine = real.writers.get(pid) as RealWriter;
        writer.live = false;
        mine.live = false;
        mine.writer.end();
        mine.writer.mapping.close();
      }),
    ),
    anyOne.map((number) =>
      step(
        `the file of ${number} is removed`,
        ({ writers }) => writers.size > 0,
        (model, real) => {
          const pid = chosen([...model.writers.keys()], number);
          const mine = real.writers.get(pid) as RealWriter;
          model.writers.delete(pid);
          real.writers.delete(pid);
          mine.writer.mapping.close();
          rmSync(mine.path);
        },
      ),
    ),
    fc.constant(
      step(
        'scrape',
        () => true,
        (model, real) => {
          const { open, fresh } = real.scrape();
          t.deepEqual(open, expectedPage(model));
          t.deepEqual(fresh, expectedPage(model));
          t.deepEqual(real.errors, []);
        },
      ),
    ),
  ];
}

for (const name of expectedBackends()) {
  test(`${name}: every scrape shows what all writers have counted`, (t) => {
    const backend = loadBackend(name);
    const root = temporaryDirectory(t);
    let runs = 0;
    holds(
      t,
      fc.property(fc.commands(steps(t), { maxCommands: 80, size: 'max' }), (commands) => {
        const real = new Real(backend, join(root, String(++runs)));
        try {
          fc.modelRun(() => ({ model: new Model(), real }), commands);
        } finally {
          real.close();
        }
      }),
      { numRuns: 100 },
    );
  });
}
