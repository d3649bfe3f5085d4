import type { MetricObjectWithValues } from '../../metrics/configuration.js';
import { Counter } from '../../metrics/counter.js';
import { Gauge } from '../../metrics/gauge.js';
import { Histogram } from '../../metrics/histogram.js';
import { setStandIn } from '../../metrics/shown.js';
import { Summary } from '../../metrics/summary.js';
import type { MetricType } from '../../model/metric.js';

// biome-ignore lint/suspicious/noExplicitAny: the classes of three packages, of which only names are known
type Loose = any;
type LooseClass = new (...args: Loose[]) => Loose;

/** Where an instance keeps the metric that counts for it. */
const STORED = Symbol('prom-multiproc metric');
/** What marks a class that was made here. */
const MADE_HERE = Symbol.for('prom-multiproc/stored class');

const CLASSES = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };

/** Options that our classes share with the packages', and our own. */
const OPTIONS = [
  'aggregator',
  'buckets',
  'percentiles',
  'maxAgeSeconds',
  'ageBuckets',
  'pruneAgedBuckets',
  'compressCount',
  'multiprocessMode',
  'maxSeries',
];

/**
 * A subclass of a client package's metric class whose values are in the store. What the
 * package checks, how it registers and what it calls itself stay the package's own; what
 * keeps or reads values goes to a metric of ours, which is in no registry itself: a
 * registry that shows the instance shows that one.
 */
export function storedClass<C extends LooseClass>(type: MetricType, original: C): C {
  if (Object.hasOwn(original, MADE_HERE)) return original;
  const made = METHODS[type](withStore(type, original));
  Object.defineProperty(made, 'name', { value: original.name });
  Object.defineProperty(made, MADE_HERE, { value: true });
  return made as C;
}

function withStore(type: MetricType, original: LooseClass): LooseClass {
  return class extends original {
    /** Called by the packages' constructors too, before they register the metric. */
    reset(): void {
      const stored = storedIn(this);
      if (stored === undefined) store(type, this);
      else stored.reset();
    }

    async get(): Promise<MetricObjectWithValues<unknown>> {
      await storedIn(this).runCollect();
      return currentObject(this);
    }

    /** `@platformatic/prom-client` gives values at once where there is no callback to wait for. */
    _getSync(): MetricObjectWithValues<unknown> {
      return currentObject(this);
    }

    labels(...args: unknown[]): unknown {
      return storedIn(this).labels(...args);
    }

    remove(...args: unknown[]): void {
      storedIn(this).remove(...args);
    }
  };
}

const METHODS: Readonly<Record<MetricType, (base: LooseClass) => LooseClass>> = {
  counter: (base) =>
    class extends base {
      incWithoutExemplar(labels?: unknown, value?: unknown): void {
        storedIn(this).inc(labels, value);
      }

      incWithExemplar({ labels, value }: Loose = {}): void {
        storedIn(this).inc(labels ?? {}, value);
      }
    },
  gauge: (base) =>
    class extends base {
      set(labels: unknown, value?: unknown): void {
        storedIn(this).set(labels, value);
      }

      inc(labels?: unknown, value?: unknown): void {
        storedIn(this).inc(labels, value);
      }

      dec(labels?: unknown, value?: unknown): void {
        storedIn(this).dec(labels, value);
      }
    },
  histogram: (base) =>
    class extends base {
      observeWithoutExemplar(labels: unknown, value?: unknown): void {
        storedIn(this).observe(labels, value);
      }

      observeWithExemplar({ labels, value }: Loose = {}): void {
        storedIn(this).observe(labels ?? {}, value);
      }

      zero(labels: unknown): void {
        storedIn(this).zero(labels);
      }

      async getForPromString(): Promise<MetricObjectWithValues<unknown>> {
        return withSharedLabels(await this.get());
      }

      _getForPromStringSync(): MetricObjectWithValues<unknown> {
        return withSharedLabels(currentObject(this));
      }

      _splayAndGet(): MetricObjectWithValues<unknown> {
        return currentObject(this);
      }
    },
  summary: (base) =>
    class extends base {
      observe(labels: unknown, value?: unknown): void {
        storedIn(this).observe(labels, value);
      }
    },
};

/** Makes the metric that counts for an instance whose options have been checked. */
function store(type: MetricType, instance: Loose): void {
  const { name, help, labelNames } = instance;
  const options = OPTIONS.map((option) => [option, instance[option]] as const);
  const given = options.filter(([, value]) => value !== undefined);
  const config = { name, help, labelNames, registers: [], ...Object.fromEntries(given) };
  const stored = new (CLASSES[type] as LooseClass)(config);
  // The instance's callback may come from its options, a subclass, or be set later.
  Object.defineProperty(stored, 'collect', {
    get: () => (instance.collect ? () => instance.collect() : undefined),
  });
  Object.defineProperty(instance, STORED, { value: stored });
  setStandIn(instance, stored);
}

function storedIn(instance: object): Loose {
  return (instance as { readonly [STORED]: Loose })[STORED];
}

function currentObject(instance: Loose): MetricObjectWithValues<unknown> {
  const { help, name, type, aggregator } = instance;
  return { help, name, type, values: storedIn(instance).snapshot().values, aggregator };
}

/** A histogram's object as registries take it to make text: what all lines of a series share apart. */
export function withSharedLabels<V>(object: MetricObjectWithValues<V>): MetricObjectWithValues<V> {
  const values = object.values.map((value) => {
    const { le, ...sharedLabels } = (value as { labels: Record<string, unknown> }).labels;
    return { ...value, labels: le === undefined ? {} : { le }, sharedLabels };
  });
  return { ...object, values };
}
