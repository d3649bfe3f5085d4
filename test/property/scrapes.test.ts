// Programs of several writers in one directory, against a model that keeps plain numbers.
// At every scrape, by a view that has been open all the time and by one that is new, the
// merged values must be the model's: nothing lost, nothing twice, nothing under another
// series' labels.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { DirectoryView } from '../../src/collect/directory-view.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { planMerge } from '../../src/merge/plan.js';
import { type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Writer } from '../../src/store/writer.js';
import { expectedBackends, loadBackend } from '../helpers/backends.js';
import { holds } from '../helpers/holds.js';
import { tableOf } from '../helpers/merge-sources.js';
import { temporaryDirectory } from '../helpers/temporary-directory.js';
import { descriptor, fileWriter, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

const METRICS: readonly MetricDescriptor[] = [
  descriptor({ name: 'counter', labelNames: ['l'] }),
  descriptor({ name: 'histogram', type: 'histogram', labelNames: ['l'], buckets: [1, 2] }),
  descriptor({ name: 'livesum', type: 'gauge', mode: 'livesum', labelNames: ['l'] }),
  descriptor({ name: 'max', type: 'gauge', mode: 'max', labelNames: ['l'] }),
];
const LABELS = ['a', 'b', 'c'.repeat(9000)];
const MAX_WRITERS = 4;

type Block = number[];

/** One writer: what its blocks should hold by metric and label. */
interface ModelWriter {
  live: boolean;
  readonly blocks: Map<string, Block>;
}

interface RealSeries {
  readonly id: number;
  readonly width: number;
  readonly holder: ReturnType<typeof newHolder>;
}

class RealWriter {
  readonly writer: Writer;
  readonly path: string;
  live = true;
  readonly #metrics = new Map<string, number>();
  readonly #series = new Map<string, RealSeries>();

  constructor(backend: Backend, directory: string, pid: number) {
    this.path = newWriterName(directory, pid, 0).final;
    this.writer = fileWriter(backend, this.path, { pid, createdMs: IDENTITY.createdMs + pid });
  }

  add(metric: MetricDescriptor, label: string): void {
    let id = this.#metrics.get(metric.name);
    if (id === undefined) {
      id = this.writer.defineMetric(metric);
      this.#metrics.set(metric.name, id);
    }
    const holder = newHolder();
    const width = slotsPerSeries(metric);
    const series = { id: this.writer.addSeries(id, [label], width, holder), width, holder };
    this.#series.set(`${metric.name}/${label}`, series);
  }

  set(key: string, block: Block): void {
    const { holder } = this.#series.get(key) as RealSeries;
    block.forEach((value, slot) => {
      setSlot(holder, value, slot);
    });
  }

  remove(key: string): void {
    const { id, width, holder } = this.#series.get(key) as RealSeries;
    this.writer.removeSeries(id, width, holder);
    this.#series.delete(key);
  }
}

class Model {
  readonly writers = new Map<number, ModelWriter>();
  made = 0;
}

class Real {
  readonly backend: Backend;
  readonly directory: string;
  readonly writers = new Map<number, RealWriter>();
  readonly errors: unknown[] = [];
  readonly #view: DirectoryView;

  constructor(backend: Backend, directory: string) {
    this.backend = backend;
    this.directory = directory;
    mkdirSync(directory);
    this.#view = this.#newView();
  }

  /** What the view that is always open shows, and what a new one does. */
  scrape(): { open: unknown; fresh: unknown } {
    for (const { writer } of this.writers.values()) writer.mapping.flush();
    const view = this.#newView();
    const result = { open: pageOf(this.#view), fresh: pageOf(view) };
    view.close();
    return result;
  }

  close(): void {
    this.#view.close();
    for (const { writer } of this.writers.values()) writer.mapping.close();
    rmSync(this.directory, { recursive: true });
  }

  #newView(): DirectoryView {
    const runs = (pid: number) => this.writers.get(pid)?.live === true;
    const observer = {
      self: IDENTITY,
      nowMs: () => IDENTITY.createdMs,
      startTicksOf: (pid: number) => (runs(pid) ? IDENTITY.startTicks : undefined),
      runs,
    };
    return new DirectoryView(this.directory, this.backend, observer, (error) =>
      this.errors.push(error),
    );
  }
}

function pageOf(view: DirectoryView): unknown {
  view.scan();
  const plan = planMerge([...view.sources]);
  plan.run();
  return tableOf(plan.families.filter(({ labels }) => labels.length > 0));
}

function expectedPage({ writers }: Model): unknown {
  const page: Record<string, Record<string, Block>> = {};
  for (const { live, blocks } of writers.values()) {
    for (const [key, block] of blocks) {
      const [name, label] = key.split('/') as [string, string];
      if (name === 'livesum' && !live) continue;
      const family = page[name] ?? {};
      page[name] = family;
      const text = `{l=${JSON.stringify(label)}}`;
      const before = family[text];
      if (name === 'max') {
        // Unset gauges are 0, and take no part where another writer's is set.
        const [value, isSet] = block as [number, number];
        const others = before ?? [0];
        family[text] =
          isSet === 0
            ? others
            : [Math.max(before === undefined ? value : (others[0] as number), value)];
      } else {
        family[text] = block.map((value, i) => value + (before?.[i] ?? 0));
      }
    }
  }
  return page;
}

type Step = fc.Command<Model, Real>;

function step(
  text: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real) => void,
): Step {
  return { check, run, toString: () => text };
}

const pid = fc.integer({ min: 1, max: 2 * MAX_WRITERS });
const metricIndex = fc.nat(METRICS.length - 1);
const label = fc.constantFrom(...LABELS);

function steps(t: ExecutionContext): fc.Arbitrary<Step>[] {
  const alive = (writer: number) => (model: Model) => model.writers.get(writer)?.live === true;
  return [
    fc.constant(
      step(
        'new writer',
        ({ writers, made }) => writers.size < MAX_WRITERS && made < 2 * MAX_WRITERS,
        (model, real) => {
          const writer = ++model.made;
          model.writers.set(writer, { live: true, blocks: new Map() });
          real.writers.set(writer, new RealWriter(real.backend, real.directory, writer));
        },
      ),
    ),
    fc
      .tuple(pid, metricIndex, label, fc.integer({ min: 1, max: 1000 }))
      .map(([writer, m, l, value]) => {
        const metric = METRICS[m] as MetricDescriptor;
        const key = `${metric.name}/${l}`;
        return step(
          `${writer} updates ${metric.name} ${l[0]} by ${value}`,
          alive(writer),
          (model, real) => {
            const { blocks } = model.writers.get(writer) as ModelWriter;
            const mine = real.writers.get(writer) as RealWriter;
            let block = blocks.get(key);
            if (block === undefined) {
              block = new Array<number>(slotsPerSeries(metric)).fill(0);
              mine.add(metric, l);
            }
            const updated =
              metric.name === 'max' ? [value, 1] : block.map((n, i) => n + value * i + value);
            blocks.set(key, updated);
            mine.set(key, updated);
          },
        );
      }),
    fc.tuple(pid, metricIndex, label).map(([writer, m, l]) => {
      const key = `${(METRICS[m] as MetricDescriptor).name}/${l}`;
      return step(
        `${writer} removes ${key.slice(0, 20)}`,
        (model) => alive(writer)(model) && model.writers.get(writer)?.blocks.has(key) === true,
        (model, real) => {
          model.writers.get(writer)?.blocks.delete(key);
          real.writers.get(writer)?.remove(key);
        },
      );
    }),
    pid.map((writer) =>
      step(`${writer} ends`, alive(writer), (model, real) => {
        (model.writers.get(writer) as ModelWriter).live = false;
        const mine = real.writers.get(writer) as RealWriter;
        mine.live = false;
        mine.writer.end();
        mine.writer.mapping.close();
      }),
    ),
    pid.map((writer) =>
      step(
        `the file of ${writer} is removed`,
        (model) => model.writers.has(writer),
        (model, real) => {
          model.writers.delete(writer);
          const mine = real.writers.get(writer) as RealWriter;
          real.writers.delete(writer);
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
      { numRuns: 60 },
    );
  });
}
