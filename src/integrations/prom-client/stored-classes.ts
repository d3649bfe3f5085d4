import {
  AGGREGATOR_MODES,
  labelsOf,
  type MetricObjectWithValues,
} from '../../metrics/configuration.js';
import { Counter } from '../../metrics/counter.js';
import { Gauge } from '../../metrics/gauge.js';
import { Histogram } from '../../metrics/histogram.js';
import { setStandIn } from '../../metrics/shown.js';
import { Summary } from '../../metrics/summary.js';
import type { MetricType } from '../../model/metric.js';
import { threadState } from '../../state.js';
import type { Dialect } from './dialects.js';

// biome-ignore lint/suspicious/noExplicitAny: the classes of three packages, of which only names are known
type Loose = any;
type LooseClass = new (...args: Loose[]) => Loose;

/** Where an instance keeps the metric that counts for it. */
const STORED = Symbol('prom-multiproc metric');
/** What marks a class that was made here. */
const MADE_HERE = Symbol.for('prom-multiproc/stored class');

const CLASSES = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };

/** Options that our classes take as the packages' do, and our own. */
const OPTIONS = [
  'aggregator',
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
export function storedClass<C extends LooseClass>(
  type: MetricType,
  original: C,
  dialect: Dialect,
): C {
  if (Object.hasOwn(original, MADE_HERE)) return original;
  const made = METHODS[type](withStore(type, original, dialect), dialect);
  Object.defineProperty(made, 'name', { value: original.name });
  Object.defineProperty(made, MADE_HERE, { value: true });
  return made as C;
}

function withStore(type: MetricType, original: LooseClass, dialect: Dialect): LooseClass {
  return class extends original {
    /** Called by the packages' constructors too, before they register the metric. */
    reset(): void {
      const stored = storedIn(this);
      if (stored === undefined) store(type, this, dialect);
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
      return storedIn(this).labels(byName(this, args, dialect));
    }

    remove(...args: unknown[]): void {
      storedIn(this).remove(byName(this, args, dialect));
    }
  };
}

const METHODS: Readonly<Record<MetricType, (base: LooseClass, dialect: Dialect) => LooseClass>> = {
  counter: (base) =>
    class extends base {
      incWithoutExemplar(labels?: unknown, value?: unknown): void {
        if (isObject(labels)) storedIn(this).childOf(labels).inc(countable(value));
        else storedIn(this).inc(countable(labels));
      }

      incWithExemplar({ labels = {}, value = 1, exemplarLabels }: Loose = {}): void {
        this.incWithoutExemplar(labels, value);
        if (exemplarLabels === undefined) return;
        const stored = storedIn(this);
        stored.giveExemplar(stored.childOf(isObject(labels) ? labels : {}), value, exemplarLabels);
      }

      labels(...args: unknown[]): unknown {
        const { inc } = super.labels(...args);
        return { inc: (value?: unknown) => inc(countable(value)) };
      }
    },
  gauge: (base, { nullIsOne }) => {
    const isOne = (value: unknown) => value === undefined || (nullIsOne && value === null);
    const up = (value: unknown) => (isOne(value) ? 1 : value);
    // Negated as the packages do it, whatever it is: then it is a number, or refused.
    const down = (value: unknown) => (isOne(value) ? -1 : -(value as number));
    return class extends base {
      set(labels: unknown, value?: unknown): void {
        if (isObject(labels)) storedIn(this).childOf(labels).set(value);
        else storedIn(this).set(labels);
      }

      inc(labels?: unknown, value?: unknown): void {
        if (isObject(labels)) storedIn(this).inc(labels, up(value));
        else storedIn(this).inc(up(labels));
      }

      dec(labels?: unknown, value?: unknown): void {
        if (isObject(labels)) storedIn(this).inc(labels, down(value));
        else storedIn(this).inc(down(labels));
      }

      labels(...args: unknown[]): unknown {
        const bound = super.labels(...args);
        return {
          ...bound,
          inc: (value?: unknown) => bound.inc(up(value)),
          dec: (value?: unknown) => bound.inc(down(value)),
        };
      }
    };
  },
  histogram: (base) =>
    class extends base {
      observeWithoutExemplar(labels: unknown, value?: unknown): void {
        if (isObject(labels)) storedIn(this).childOf(labels).observe(value);
        else storedIn(this).observe(labels);
      }

      observeWithExemplar({ labels = {}, value, exemplarLabels = {} }: Loose = {}): void {
        const stored = storedIn(this);
        stored.observe(labels, value);
        const child = stored.childOf(isObject(labels) ? labels : {});
        stored.giveExemplar(child, value, exemplarLabels);
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
function store(type: MetricType, instance: Loose, dialect: Dialect): void {
  const { name, help, labelNames, buckets } = instance;
  const options = OPTIONS.map((option) => [option, instance[option]] as const);
  const config: Loose = {
    name,
    help: `${help}`,
    labelNames: dialect.sortsLabelNames.includes(type) ? [...labelNames].sort() : labelNames,
    registers: [],
    ...Object.fromEntries(options.filter(([, value]) => value !== undefined)),
  };
  if (type === 'histogram') config.buckets = buckets.map(Number);
  if (!Object.hasOwn(AGGREGATOR_MODES, config.aggregator)) {
    threadState().warn(
      `${name} has the aggregator "${config.aggregator}": a page adds up what processes have`,
    );
    config.aggregator = 'sum';
  }
  const stored: Loose = new (CLASSES[type] as LooseClass)(config);
  stored.aggregator = instance.aggregator;
  // For `get()`: what the methods take is the package's own affair.
  stored.enableExemplars = Boolean(instance.enableExemplars);
  // The instance's callback may come from its options, a subclass, or be set later.
  Object.defineProperty(stored, 'collect', {
    get: () => (instance.collect ? () => instance.collect() : undefined),
  });
  if (dialect.ignoresLabelsOfNone && labelNames.length === 0) {
    const { childOf } = stored;
    Object.defineProperty(stored, 'childOf', { value: () => childOf.call(stored, {}) });
  }
  Object.defineProperty(instance, STORED, { value: stored });
  setStandIn(instance, stored);
}

/** What `labels` and `remove` were given, for the metric that counts: the names may be in another order there. */
function byName({ labelNames }: Loose, args: unknown[], dialect: Dialect): object {
  const labels = labelsOf(labelNames, args);
  return dialect.ignoresLabelsOfNone && labelNames.length === 0 ? {} : labels;
}

/** The packages let through what is false, and add nothing or spoil the sum: here it adds nothing. */
function countable(value: unknown): unknown {
  return value || value === undefined || value === null ? value : 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
