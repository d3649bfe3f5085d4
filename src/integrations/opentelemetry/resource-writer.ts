import type { CollectionResult, DataPoint, MetricData } from '@opentelemetry/sdk-metrics';
import type { GaugeMode } from '../../model/metric.js';
import type { ThreadState } from '../../state.js';
import type { Bridge, Point } from './bridge.js';
import type { Family } from './family.js';
import { splitMode } from './gauge-mode.js';
import { labelsOf, pointKey, type Scope, scopeAttributes } from './labels.js';
import { metricName } from './names.js';
import type { MultiprocMetricReaderOptions } from './options.js';
import { type Form, formOf, slotsOf } from './points.js';
import type { Total } from './total.js';

const TARGET_INFO = 'target_info';

interface Instrument {
  readonly scope: Scope;
  readonly metric: MetricData;
  readonly form: Form;
  readonly name: string;
}

/** Writes what one reader's SDK says to the store, collection by collection. */
export class ResourceWriter {
  readonly #bridge: Bridge;
  readonly #state: ThreadState;
  readonly #options: MultiprocMetricReaderOptions;
  readonly #points = new Map<string, Point>();
  /** Of the current collection: points that were in it, and series that are to be written. */
  #seen = new Set<string>();
  readonly #touched = new Map<Total, Family>();
  readonly #told = new Set<string>();
  #begun = false;

  constructor(bridge: Bridge, state: ThreadState, options: MultiprocMetricReaderOptions) {
    this.#bridge = bridge;
    this.#state = state;
    this.#options = options;
  }

  write({ resourceMetrics, errors }: CollectionResult): void {
    this.#seen = new Set();
    for (const error of errors) this.#tell(`An instrument could not be observed: ${error}`);
    if (this.#options.targetInfo !== false) this.#writeTarget(resourceMetrics.resource);
    for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
      for (const metric of metrics) {
        try {
          this.#writeInstrument(scope, metric);
        } catch (error) {
          this.#tell(`The instrument ${metric.descriptor.name} could not be written: ${error}`);
        }
      }
    }
    this.#dropUnseen();
    if (!this.#begun) this.#bridge.forgetPresent();
    this.#begun = true;
    this.#show();
  }

  /** Leaves all points to the next reader. */
  end(): void {
    for (const [key, point] of this.#points) this.#bridge.leave(key, point);
    this.#points.clear();
  }

  #writeTarget(resource: CollectionResult['resourceMetrics']['resource']): void {
    // What it has is not known yet: the next collection may know.
    if (resource.asyncAttributesPending === true) return;
    const { attributes } = resource;
    if (Object.keys(attributes).length === 0) return;
    const family = this.#bridge.family({
      name: TARGET_INFO,
      help: 'Target metadata',
      type: 'gauge',
      mode: 'livemax',
      adds: false,
    });
    const pairs = labelsOf('gauge', attributes);
    const make = () => family.part(pairs, []);
    this.#point(JSON.stringify([TARGET_INFO, pairs]), family, 'present', make, [1]);
  }

  #writeInstrument(scope: Scope, metric: MetricData): void {
    const { descriptor, dataPoints } = metric;
    const form = formOf(metric);
    if (typeof form === 'string') {
      this.#tell(`The instrument ${descriptor.name} of ${scope.name} is left out: ${form}`);
      return;
    }
    const name = metricName({ ...descriptor, monotonic: form.type === 'counter' });
    if (name === '') {
      this.#tell(`The instrument ${JSON.stringify(descriptor.name)} is left out: no name is left`);
      return;
    }
    for (const point of dataPoints) this.#writePoint({ scope, metric, form, name }, point);
  }

  #writePoint({ scope, metric, form, name }: Instrument, point: DataPoint<unknown>): void {
    const { descriptor } = metric;
    const { mode: viewMode, attributes } = splitMode(point.attributes);
    const mode = viewMode ?? this.#modeOf(metric, form, name);
    const { type, adds, buckets, kind } = form;
    const family = this.#bridge.family({ name, help: descriptor.description, type, mode, adds });
    const { description } = family;
    if (description.type !== type) {
      const is = `is a ${type}, and another instrument of that name a ${description.type}`;
      this.#tell(`The instrument ${descriptor.name} of ${scope.name} is left out: ${name} ${is}`);
      return;
    }
    if (description.mode !== mode) {
      this.#tell(`The gauge ${name} is merged as ${description.mode}, not as ${mode}`);
    }
    const own = this.#options.scopeLabels === false ? {} : scopeAttributes(scope);
    const make = () => family.part(labelsOf(type, own, attributes), buckets);
    const identity = [scope.name, scope.version, scope.schemaUrl, descriptor.name, type, buckets];
    const key = JSON.stringify([...identity, pointKey(attributes)]);
    this.#point(key, family, kind, make, slotsOf(metric, point));
  }

  #point(
    key: string,
    family: Family,
    kind: Point['kind'],
    make: () => Point['part'],
    reported: readonly number[],
  ): void {
    let point = this.#points.get(key);
    if (point === undefined) {
      point = this.#bridge.adopt(key, family) ?? { family, kind, part: make() };
      this.#points.set(key, point);
    }
    this.#seen.add(key);
    const { part } = point;
    part.total.update(part, this.#credible(family, part.last, reported));
    this.#touched.set(part.total, family);
  }

  /** A total that is no number or below zero would be wrong for ever: the last one stays. */
  #credible(
    { description: { name, type } }: Family,
    last: readonly number[],
    reported: readonly number[],
  ): readonly number[] {
    if (type !== 'counter' || credible(reported[0] as number)) return reported;
    this.#tell(`The counter ${name} was said to be ${reported[0]}: it stays what it was`);
    return last.length > 0 ? last : [0];
  }

  #modeOf({ descriptor }: MetricData, { type, adds }: Form, name: string): GaugeMode {
    const { gaugeModes = {} } = this.#options;
    if (type !== 'gauge') return 'livesum';
    if (Object.hasOwn(gaugeModes, descriptor.name)) return gaugeModes[descriptor.name] as GaugeMode;
    if (Object.hasOwn(gaugeModes, name)) return gaugeModes[name] as GaugeMode;
    return adds ? 'livesum' : 'liveall';
  }

  /** What the SDK no longer says of the present is no longer so. */
  #dropUnseen(): void {
    for (const [key, { family, part, kind }] of this.#points) {
      if (kind !== 'present' || this.#seen.has(key)) continue;
      this.#points.delete(key);
      part.total.drop(part);
      this.#touched.set(part.total, family);
    }
  }

  #show(): void {
    for (const [total, family] of this.#touched) family.write(total);
    this.#touched.clear();
  }

  /** Each text once: the SDK says the same at every collection. */
  #tell(message: string): void {
    if (this.#told.has(message) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(message);
    this.#state.note('opentelemetry', `${message}.`);
    this.#state.warn(`${message}.`);
  }
}

/** Texts that a reader tells: more say nothing new. */
const MAX_TOLD = 100;

function credible(total: number): boolean {
  return Number.isFinite(total) && total >= 0;
}
