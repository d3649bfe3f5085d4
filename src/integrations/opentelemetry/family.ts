import { Cardinality } from '../../metrics/cardinality.js';
import { noteRegistration } from '../../metrics/registrations.js';
import type { LabelPair } from '../../model/labels.js';
import type { GaugeMode, MetricType } from '../../model/metric.js';
import type { ThreadState } from '../../state.js';
import { Shape } from './shape.js';
import type { Part, Total } from './total.js';

export interface FamilyDescription {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly mode: GaugeMode;
  /** Whether points that are mapped to one series are added: not those that say what is. */
  readonly adds: boolean;
}

/** OpenTelemetry's own word for what is beyond the limit of an instrument. */
const OVERFLOW: readonly LabelPair[] = [['otel_metric_overflow', 'true']];

/** All series of one name that the SDK's instruments have in this thread. */
export class Family {
  readonly description: FamilyDescription;
  readonly #state: ThreadState;
  readonly #cardinality: Cardinality;
  readonly #shapes = new Map<string, Shape>();
  readonly #shapeOf = new WeakMap<Total, Shape>();

  constructor(description: FamilyDescription, state: ThreadState) {
    this.description = description;
    this.#state = state;
    const { maxSeries } = state;
    this.#cardinality = new Cardinality({
      metricName: description.name,
      maxSeries,
      note: (reason, message) => state.note(reason, message),
    });
  }

  get shapes(): Iterable<Shape> {
    return this.#shapes.values();
  }

  /** A share of the series of these labels, which is made where it is not there. */
  part(pairs: readonly LabelPair[], buckets: readonly number[]): Part {
    const cut = this.#cut(pairs);
    const shape = this.#shape(cut, buckets);
    const known = shape?.find(cut);
    if (known !== undefined) return known.addPart();
    let size = 0;
    for (const one of this.shapes) size += one.size;
    if (this.#cardinality.admits(size)) return this.#open(cut, buckets).addPart();
    this.#state.note(
      'series_limit',
      `${this.description.name} has ${size} series: more are counted as one, with otel_metric_overflow="true". Look for an attribute whose values never end`,
    );
    const rest = this.#shape(OVERFLOW, buckets)?.find(OVERFLOW) ?? this.#open(OVERFLOW, buckets);
    return rest.addPart();
  }

  /** Shows what the parts of a series are by now; without any, and nothing left of one, it goes. */
  write(total: Total): void {
    const { type, adds } = this.description;
    if (type === 'gauge' && total.parts.size === 0 && !total.isKept) this.#close(total);
    else total.write(adds);
  }

  #open(pairs: readonly LabelPair[], buckets: readonly number[]): Total {
    let shape = this.#shape(pairs, buckets);
    if (shape === undefined) {
      const labelNames = pairs.map(([name]) => name);
      const { name, help, type, mode } = this.description;
      shape = new Shape({ name, help, type, mode, labelNames, buckets }, this.#state);
      this.#shapes.set(keyOf(pairs, buckets), shape);
      noteRegistration();
    }
    const total = shape.open(pairs);
    this.#shapeOf.set(total, shape);
    return total;
  }

  #close(total: Total): void {
    const shape = this.#shapeOf.get(total);
    if (shape === undefined) return;
    shape.close(total);
    if (shape.size > 0) return;
    for (const [key, one] of this.#shapes) if (one === shape) this.#shapes.delete(key);
    noteRegistration();
  }

  #shape(pairs: readonly LabelPair[], buckets: readonly number[]): Shape | undefined {
    return this.#shapes.get(keyOf(pairs, buckets));
  }

  #cut(pairs: readonly LabelPair[]): readonly LabelPair[] {
    const values = this.#cardinality.cut(pairs.map(([, value]) => value));
    return pairs.map(([name], i) => [name, values[i] as string]);
  }
}

function keyOf(pairs: readonly LabelPair[], buckets: readonly number[]): string {
  return JSON.stringify([pairs.map(([name]) => name), buckets]);
}
