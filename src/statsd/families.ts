import { SELF_PREFIX } from '../collect/self-metrics.js';
import { Cardinality, OVERFLOW_LABEL } from '../metrics/cardinality.js';
import { type MetricDescriptor, type MetricType, ownLabel } from '../model/metric.js';
import type { ThreadState } from '../state.js';
import { Series, StoreMetric } from '../store/series.js';
import { MAX_LABEL_CHARS, MAX_METRICS, MAX_SERIES } from './limits.js';
import type { SampleKind } from './line.js';
import type { MappedName } from './mapping.js';
import type { Refusal } from './refusal.js';

/** All lines of one name: what the first of them was holds for the others. */
interface Family {
  readonly type: MetricType;
  readonly help: string;
  readonly buckets: readonly number[];
  /** By label names. */
  readonly metrics: Map<string, LabelledMetric>;
}

/** A family's lines of one set of label names. The page shows those of all sets as one family. */
interface LabelledMetric {
  readonly stored: StoreMetric;
  readonly cardinality: Cardinality;
  /** By label values. */
  readonly series: Map<string, Series>;
}

/** The metrics of all lines, in the store, held to their limits. */
export class Families {
  readonly #state: ThreadState;
  readonly #byName = new Map<string, Family>();
  /** Names of samples, in either format of a page, and the family that has them. */
  readonly #sampleNames = new Map<string, string>();
  #metrics = 0;
  #series = 0;
  #labelChars = 0;

  constructor(state: ThreadState) {
    this.#state = state;
  }

  /** The open series of a name and labels, or why there is none. */
  seriesOf(
    mapped: MappedName,
    kind: SampleKind,
    labels: ReadonlyMap<string, string>,
  ): Series | Refusal {
    const type = kind === 'observer' ? mapped.observer.type : kind;
    const family = this.#familyOf(mapped, type);
    if (typeof family === 'string') return family;
    const names = [...labels.keys()].sort();
    const own = ownLabel(type);
    if (names.some((name) => name === own || name.startsWith('__'))) return 'reserved_label';
    const metric = this.#metricOf(mapped.name, family, names);
    if (typeof metric === 'string') return metric;
    return this.#open(
      metric,
      names.map((name) => labels.get(name) as string),
    );
  }

  /** The family of a name; a new one is entered with its first series. */
  #familyOf(mapped: MappedName, type: MetricType): Family | Refusal {
    const { name, observer, help = `Sent by statsd as ${type}.` } = mapped;
    const known = this.#byName.get(name);
    if (known !== undefined) return known.type === type ? known : 'type_conflict';
    if (name === '') return 'empty_metric_name';
    if (name.startsWith(SELF_PREFIX)) return 'reserved_name';
    if (sampleNamesOf(name, type).some((one) => this.#sampleNames.has(one))) return 'name_conflict';
    const buckets = type === 'histogram' ? observer.buckets : [];
    return { type, help, buckets, metrics: new Map() };
  }

  #metricOf(name: string, family: Family, labelNames: readonly string[]): LabelledMetric | Refusal {
    const key = labelNames.join();
    const known = family.metrics.get(key);
    if (known !== undefined) return known;
    if (this.#metrics >= MAX_METRICS) return 'metric_limit';
    this.#metrics++;
    this.#byName.set(name, family);
    for (const one of sampleNamesOf(name, family.type)) this.#sampleNames.set(one, name);
    const { maxSeries, note, store } = this.#state;
    const stored = new StoreMetric({ name, labelNames, ...descriptionOf(family) });
    store.attach(stored);
    const cardinality = new Cardinality({ metricName: name, maxSeries, note });
    const metric = { stored, cardinality, series: new Map() };
    family.metrics.set(key, metric);
    return metric;
  }

  #open({ stored, cardinality, series }: LabelledMetric, values: readonly string[]): Series {
    const key = JSON.stringify(values);
    const known = series.get(key);
    if (known !== undefined) return known;
    if (values.length > 0 && !this.#admits(key, cardinality, series.size)) {
      const rest = values.map(() => OVERFLOW_LABEL);
      const restKey = JSON.stringify(rest);
      return series.get(restKey) ?? this.#add(series, restKey, new Series(stored, rest));
    }
    this.#series++;
    this.#labelChars += key.length;
    return this.#add(series, key, new Series(stored, values));
  }

  /** Whether one more series may be; tells who it is that may have no more. */
  #admits(key: string, cardinality: Cardinality, present: number): boolean {
    if (this.#series < MAX_SERIES && this.#labelChars + key.length <= MAX_LABEL_CHARS) {
      if (cardinality.admits(present)) return true;
      cardinality.overflow(0);
      return false;
    }
    this.#state.note(
      'series_limit',
      `statsd lines have made ${this.#series} series: of each metric more are counted as one, with ${OVERFLOW_LABEL} as value of every label. Look for a tag whose values never end`,
    );
    return false;
  }

  #add(all: LabelledMetric['series'], key: string, series: Series): Series {
    all.set(key, series);
    this.#state.store.open(series);
    return series;
  }
}

/** A gauge's last value is nobody's word when its listener is gone, so it is shown while that lives. */
function descriptionOf({
  type,
  help,
  buckets,
}: Family): Pick<MetricDescriptor, 'type' | 'help' | 'mode' | 'buckets'> {
  return { type, help, mode: type === 'gauge' ? 'livemostrecent' : 'livesum', buckets };
}

/** Names that samples of a metric have on pages: in OpenMetrics a counter's ends in `_total`. */
function sampleNamesOf(name: string, type: MetricType): string[] {
  switch (type) {
    case 'gauge':
      return [name];
    case 'counter': {
      const base = name.replace(/_total$/, '');
      return [base, `${base}_total`];
    }
    case 'histogram':
      return ['', '_bucket', '_sum', '_count'].map((suffix) => name + suffix);
    case 'summary':
      return ['', '_sum', '_count'].map((suffix) => name + suffix);
  }
}
