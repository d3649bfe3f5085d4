import type { Attributes } from '@opentelemetry/api';
import type { CollectionResult, MetricData } from '@opentelemetry/sdk-metrics';
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
  /** Tells the instrument from all others. */
  readonly identity: string;
}

/** A point of this reader, and what the current collection says of it. */
interface Reported {
  readonly point: Point;
  round: number;
  values: readonly number[];
}

/** Writes what one reader's SDK says to the store, collection by collection. */
export class ResourceWriter {
  readonly #bridge: Bridge;
  readonly #state: ThreadState;
  readonly #options: MultiprocMetricReaderOptions;
  readonly #points = new Map<string, Reported>();
  /** The SDK gives the same attributes object for the same point: it is looked up by that first. */
  readonly #byAttributes = new Map<string, WeakMap<Attributes, Reported>>();
  /** Of the current collection. */
  #round = 0;
  #current: Reported[] = [];
  /** Series that are to be written. */
  readonly #touched = new Map<Total, Family>();
  readonly #told = new Set<string>();
  #begun = false;

  constructor(bridge: Bridge, state: ThreadState, options: MultiprocMetricReaderOptions) {
    this.#bridge = bridge;
    this.#state = state;
    this.#options = options;
  }

  write({ resourceMetrics, errors }: CollectionResult): void {
    this.#round++;
    this.#current = [];
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
    for (const reported of this.#current) this.#update(reported);
    this.#dropUnseen();
    if (!this.#begun) this.#bridge.forgetPresent();
    this.#begun = true;
    this.#show();
  }

  /** Leaves all points to the next reader. */
  end(): void {
    for (const [key, { point }] of this.#points) this.#bridge.leave(key, point);
    this.#points.clear();
    this.#byAttributes.clear();
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
    const key = JSON.stringify([TARGET_INFO, pairs]);
    this.#say(
      this.#reported(key, family, 'present', () => family.part(pairs, [])),
      [1],
    );
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
    const { name: scopeName, version, schemaUrl } = scope;
    const { type, buckets } = form;
    const own = [scopeName, version, schemaUrl, descriptor.name, type, buckets];
    const instrument = { scope, metric, form, name, identity: JSON.stringify(own) };
    let known = this.#byAttributes.get(instrument.identity);
    if (known === undefined) {
      known = new WeakMap();
      this.#byAttributes.set(instrument.identity, known);
    }
    for (const point of dataPoints) {
      const { attributes } = point;
      const reported = known.get(attributes) ?? this.#find(instrument, attributes);
      if (reported === undefined) continue;
      known.set(attributes, reported);
      this.#say(reported, slotsOf(metric, point));
    }
  }

  /** The point of these attributes; undefined where the instrument is none of its family. */
  #find(instrument: Instrument, given: Attributes): Reported | undefined {
    const { scope, metric, form, name, identity } = instrument;
    const { descriptor } = metric;
    const { mode: viewMode, attributes } = splitMode(given);
    const mode = viewMode ?? this.#modeOf(metric, form, name);
    const { type, adds, buckets, kind } = form;
    const family = this.#bridge.family({ name, help: descriptor.description, type, mode, adds });
    const { description } = family;
    if (description.type !== type) {
      const is = `is a ${type}, and another instrument of that name a ${description.type}`;
      this.#tell(`The instrument ${descriptor.name} of ${scope.name} is left out: ${name} ${is}`);
      return undefined;
    }
    if (description.mode !== mode) {
      this.#tell(`The gauge ${name} is merged as ${description.mode}, not as ${mode}`);
    }
    const own = this.#options.scopeLabels === false ? {} : scopeAttributes(scope);
    const make = () => family.part(labelsOf(type, own, attributes), buckets);
    return this.#reported(identity + pointKey(attributes), family, kind, make);
  }

  #reported(key: string, family: Family, kind: Point['kind'], make: () => Point['part']): Reported {
    let reported = this.#points.get(key);
    if (reported === undefined) {
      const point = this.#bridge.adopt(key, family) ?? { family, kind, part: make() };
      reported = { point, round: 0, values: [] };
      this.#points.set(key, reported);
    }
    return reported;
  }

  /**
   * An attributes object that the application changes after use is, to the SDK, several
   * points with the same attributes: they are one.
   */
  #say(reported: Reported, values: readonly number[]): void {
    const again = reported.round === this.#round && reported.point.family.description.adds;
    reported.values = again ? values.map((one, i) => one + (reported.values[i] ?? 0)) : values;
    if (reported.round === this.#round) return;
    reported.round = this.#round;
    this.#current.push(reported);
  }

  #update({ point: { family, part }, values }: Reported): void {
    part.total.update(part, this.#credible(family, part.last, values));
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
    for (const [key, { point, round }] of this.#points) {
      const { family, part, kind } = point;
      if (kind !== 'present' || round === this.#round) continue;
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
