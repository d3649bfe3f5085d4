import type { RegistryContentType } from '../../metrics/content-type.js';
import { ForeignMetric } from '../../metrics/foreign-metric.js';
import { mergedObjects, ownObjects } from '../../metrics/metric-objects.js';
import { type PageSelection, withMergedView } from '../../metrics/page-maker.js';
import {
  addGlobalRegistry,
  noteRegistration,
  Selection,
  selectionOf,
} from '../../metrics/registrations.js';
import { type AnyMetricObject, type Shown, shownFor } from '../../metrics/shown.js';
import type { LabelPair } from '../../model/labels.js';
import { LABEL_NAME } from '../../model/metric.js';
import { withSharedLabels } from './stored-classes.js';

/** What the three packages' registries have in common, as far as it is used here. */
export interface ClientRegistry {
  _metrics: Map<string, object> | Record<string, object>;
  _defaultLabels: Record<string, unknown>;
  contentType: RegistryContentType;
  getMetricsAsArray(aggregator?: string): object[];
  getSingleMetric(name: string): object | undefined;
  registerMetric(metric: object): void;
  removeSingleMetric(name: string): void;
  clear(): void;
  setDefaultLabels(labels: object): void;
  metrics(): Promise<string> | string;
  getMetricsAsJSON(aggregator?: string): Promise<AnyMetricObject[]> | AnyMetricObject[];
  getSingleMetricAsString(name: string): Promise<string> | string;
}

export interface RegistryClass {
  new (contentType?: RegistryContentType): ClientRegistry;
  readonly prototype: ClientRegistry;
  readonly globalRegistry?: ClientRegistry;
}

const PATCHED = Symbol.for('prom-multiproc/patched registry');

/** What this library knows of a registry of a client package. */
class RegistryView {
  readonly selection: Selection;
  readonly #registry: ClientRegistry;
  readonly #attached = new Map<object, Shown>();

  constructor(registry: ClientRegistry, isGlobal: boolean) {
    this.#registry = registry;
    if (isGlobal) addGlobalRegistry(() => this.shown());
    this.selection = isGlobal
      ? Selection.ofAllGlobal()
      : Selection.of(
          () => this.shown(),
          () => this.defaultLabels,
        );
  }

  shown(): Iterable<Shown> {
    return this.#attached.values();
  }

  /** Those that a label can be called: others would spoil the page of all. */
  get defaultLabels(): LabelPair[] {
    return Object.entries(this.#registry._defaultLabels)
      .filter(([name]) => LABEL_NAME.test(name))
      .map(([name, value]) => [name, `${value}`]);
  }

  /** Whether the registry holds `shown` itself, and not another one whose metrics its page shows. */
  holds(shown: Shown): boolean {
    for (const own of this.#attached.values()) if (own === shown) return true;
    return false;
  }

  /** Brings what is shown in line with what the registry holds, however that came about. */
  sync(): void {
    const metrics = new Set(this.#registry.getMetricsAsArray());
    for (const [metric, shown] of this.#attached) {
      if (metrics.has(metric)) continue;
      this.#attached.delete(metric);
      shown.detach();
    }
    for (const metric of metrics) this.attach(metric);
  }

  attach(metric: object): void {
    if (this.#attached.has(metric)) return;
    const shown = shownFor(metric);
    this.#attached.set(metric, shown);
    shown.attach(this.defaultLabels);
  }

  labelsChanged(): void {
    const { defaultLabels } = this;
    for (const shown of this.#attached.values()) shown.setDefaultLabels(defaultLabels);
    noteRegistration();
  }
}

const views = new WeakMap<ClientRegistry, RegistryView>();
/** Registries that `aggregate` has made: they show what they were given and nothing else. */
const computed = new WeakSet<ClientRegistry>();
let aggregating = false;

/** The metrics of these registries, as one selection. */
export function selectionOfAll(registries: readonly ClientRegistry[]): PageSelection {
  const shown = registries.flatMap((registry) => {
    const view = viewOf(registry);
    view?.sync();
    return [...(view?.shown() ?? [])];
  });
  return { ...selectionOf(new Set(shown), []), defaultLabels: undefined };
}

/** The selection of a registry as it is now. */
export function selectionOfRegistry(registry: ClientRegistry): PageSelection | undefined {
  const view = viewOf(registry);
  view?.sync();
  return view?.selection.current;
}

/** Makes the registries of a class pure functions of what is registered as long as `action` runs. */
export function whileAggregating<T>(action: () => T): T {
  aggregating = true;
  try {
    return action();
  } finally {
    aggregating = false;
  }
}

function viewOf(registry: ClientRegistry): RegistryView | undefined {
  if (computed.has(registry)) return undefined;
  let view = views.get(registry);
  if (view === undefined) {
    const { globalRegistry } = registry.constructor as unknown as RegistryClass;
    view = new RegistryView(registry, registry === globalRegistry);
    views.set(registry, view);
  }
  return view;
}

/**
 * Changes a package's registry class in place: what is registered is shown by this
 * library too, and pages are merged ones. As long as nobody but this thread has written
 * anything, the package's own code makes the page.
 */
export function patchRegistry(registryClass: RegistryClass): void {
  if (Object.hasOwn(registryClass, PATCHED)) return;
  Object.defineProperty(registryClass, PATCHED, { value: true });
  const { prototype } = registryClass;
  const original = { ...methodsOf(prototype) };

  Object.assign(prototype, {
    registerMetric(this: ClientRegistry, metric: object): void {
      original.registerMetric.call(this, metric);
      if (aggregating) computed.add(this);
      else viewOf(this)?.attach(metric);
    },
    removeSingleMetric(this: ClientRegistry, name: string): void {
      original.removeSingleMetric.call(this, name);
      viewOf(this)?.sync();
    },
    clear(this: ClientRegistry): void {
      original.clear.call(this);
      viewOf(this)?.sync();
    },
    setDefaultLabels(this: ClientRegistry, labels: object): void {
      original.setDefaultLabels.call(this, labels);
      viewOf(this)?.labelsChanged();
    },
    async metrics(this: ClientRegistry): Promise<string> {
      const selection = selectionOfRegistry(this);
      if (selection === undefined) return original.metrics.call(this);
      return withMergedView(selection, (merged) => {
        const own = merged.alone ? stubs(this, merged.selection) : undefined;
        return own === undefined
          ? merged.page(this.contentType)
          : original.metrics.call(registryOf(this, own));
      });
    },
    async getMetricsAsJSON(this: ClientRegistry, aggregator?: string): Promise<AnyMetricObject[]> {
      const selection = selectionOfRegistry(this);
      if (selection === undefined) return original.getMetricsAsJSON.call(this, aggregator);
      return withMergedView(selection, (merged) => {
        const own = merged.alone ? stubs(this, merged.selection) : undefined;
        if (own !== undefined) {
          return original.getMetricsAsJSON.call(registryOf(this, own), aggregator);
        }
        const objects = mergedObjects(merged);
        return aggregator === undefined
          ? objects
          : objects.filter((object) => object.aggregator === aggregator);
      });
    },
    async getSingleMetricAsString(this: ClientRegistry, name: string): Promise<string> {
      const metric = this.getSingleMetric(name);
      const view = viewOf(this);
      if (metric === undefined || view === undefined) {
        return original.getSingleMetricAsString.call(this, name);
      }
      const selection = selectionOf(new Set([shownFor(metric)]), view.defaultLabels);
      return withMergedView(selection, async (merged) => {
        const own = merged.alone ? stubs(this, merged.selection) : undefined;
        if (own !== undefined) {
          return original.getSingleMetricAsString.call(registryOf(this, own), name);
        }
        const page = await merged.page(this.contentType);
        return page.replace(/# EOF\n$/, '').replace(/\n$/, '');
      });
    },
  });

  const { globalRegistry } = registryClass;
  if (globalRegistry !== undefined) viewOf(globalRegistry)?.sync();
}

function methodsOf(prototype: ClientRegistry) {
  const { registerMetric, removeSingleMetric, clear, setDefaultLabels } = prototype;
  const { metrics, getMetricsAsJSON, getSingleMetricAsString } = prototype;
  return {
    registerMetric,
    removeSingleMetric,
    clear,
    setDefaultLabels,
    metrics,
    getMetricsAsJSON,
    getSingleMetricAsString,
  };
}

/** A metric as it is now, for the package's code to show. The package may rename a counter of OpenMetrics. */
interface Stub extends AnyMetricObject {
  get(): AnyMetricObject;
  getForPromString?(): AnyMetricObject;
}

/** What this thread has of a selection; undefined where two metrics have one name. */
function stubs(registry: ClientRegistry, selection: PageSelection): Stub[] | undefined {
  const withDefaults = ownObjects(selection);
  if (withDefaults === undefined) return undefined;
  const view = viewOf(registry);
  return [...withDefaults].map(([shown, complete]) => {
    // The package's code adds the default labels of this registry, each package in its way.
    const plain = view?.holds(shown) ? shown.snapshot() : undefined;
    return stubOf(shown, plain ?? complete);
  });
}

function stubOf(shown: Shown, { values, ...object }: AnyMetricObject): Stub {
  const copy = { ...object, values: values?.map((value) => ({ ...value })) };
  if (shown instanceof ForeignMetric) return { ...copy, get: () => copy };
  const stub: Stub = { ...copy, get: () => ({ ...copy, name: stub.name }) };
  if (copy.type === 'histogram') stub.getForPromString = () => withSharedLabels(stub.get());
  return stub;
}

/** The registry, but with these metrics in it. */
function registryOf(registry: ClientRegistry, stubs: readonly Stub[]): ClientRegistry {
  const entries = stubs.map((stub): [string, Stub] => [stub.name, stub]);
  const metrics = registry._metrics instanceof Map ? new Map(entries) : Object.fromEntries(entries);
  return Object.create(registry, { _metrics: { value: metrics } });
}
