// Writers' files in one directory, and the plain numbers that a page made of them is to show.

import { mkdirSync, rmSync } from 'node:fs';
import { DirectoryView } from '../../src/collect/directory-view.js';
import type { Backend } from '../../src/mapping/mapping.js';
import { planMerge } from '../../src/merge/plan.js';
import { type MetricDescriptor, slotsPerSeries } from '../../src/model/metric.js';
import { newWriterName } from '../../src/processes/directory.js';
import type { Writer } from '../../src/store/writer.js';
import { tableOf } from '../helpers/merge-sources.js';
import { descriptor, fileWriter, IDENTITY, newHolder, setSlot } from '../helpers/writers.js';

export const METRICS: readonly MetricDescriptor[] = [
  descriptor({ name: 'counter', labelNames: ['l'] }),
  descriptor({ name: 'histogram', type: 'histogram', labelNames: ['l'], buckets: [1, 2] }),
  descriptor({ name: 'livesum', type: 'gauge', mode: 'livesum', labelNames: ['l'] }),
  descriptor({ name: 'max', type: 'gauge', mode: 'max', labelNames: ['l'] }),
];
export const LABELS = ['a', 'b', 'c'.repeat(9000)];
export const MAX_WRITERS = 4;

export type Block = number[];

/** One writer: what its blocks should hold by metric and label. */
export interface ModelWriter {
  live: boolean;
  readonly blocks: Map<string, Block>;
}

interface RealSeries {
  readonly id: number;
  readonly width: number;
  readonly holder: ReturnType<typeof newHolder>;
}

export class RealWriter {
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

export class Model {
  readonly writers = new Map<number, ModelWriter>();
  made = 0;
}

export class Real {
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

export function expectedPage({ writers }: Model): unknown {
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
