// One of the two libraries that carry out the same program.

import type { PairName } from './pairs.js';
import type { Command, LabelsSpec, MetricSpec, MetricTypeName } from './program.js';

// Called as JavaScript calls it: programs hand over what the types forbid.
// biome-ignore lint/suspicious/noExplicitAny: the two libraries' types differ
type Loose = any;

export interface Library {
  readonly Counter: new (config: Loose) => Loose;
  readonly Gauge: new (config: Loose) => Loose;
  readonly Histogram: new (config: Loose) => Loose;
  readonly Summary: new (config: Loose) => Loose;
  readonly Registry: new () => Loose;
}

/** What became of a call: what it returned, or the class of what it threw and how its message begins. */
export type Outcome = { readonly returned: unknown } | { readonly threw: string };

interface Made {
  readonly type: MetricTypeName;
  readonly labelNames: readonly string[];
  /** Whether labels that it does not have are no error: `differences.ts` says what becomes of them. */
  readonly ignoresStray: boolean;
  readonly metric: Loose;
}

const UPDATES: Readonly<Record<MetricTypeName, readonly string[]>> = {
  counter: ['inc'],
  gauge: ['set', 'inc', 'dec', 'setToCurrentTime'],
  histogram: ['observe'],
  summary: ['observe'],
};

const CLASSES = {
  counter: 'Counter',
  gauge: 'Gauge',
  histogram: 'Histogram',
  summary: 'Summary',
} as const;

/** Nanoseconds since some moment, for both sides: timers are compared to the digit. */
export const clock = { nanoseconds: 0 };

const EIGHTH = 125_000_000;

export class Side {
  readonly registry: Loose;
  readonly metrics: Made[] = [];
  /** Names of the registry's default labels. */
  defaultLabels: readonly string[] = [];
  readonly #library: Library;
  readonly #pair: PairName;
  readonly #children: { readonly child: Loose; readonly of: Made }[] = [];

  constructor(library: Library, pair: PairName) {
    this.#library = library;
    this.#pair = pair;
    this.registry = new library.Registry();
  }

  construct(spec: MetricSpec): Outcome {
    return outcomeOf(() => {
      const { type, ...config } = spec;
      const given = Object.entries(config).filter(([, option]) => option !== undefined);
      const metric = new this.#library[CLASSES[type]]({
        // A copy each: prom-client freezes what it is given.
        ...structuredClone(Object.fromEntries(given)),
        registers: [this.registry],
      });
      const { labelNames } = spec;
      const ignoresStray = this.#pair === '@platformatic/prom-client' && labelNames.length === 0;
      this.metrics.push({ type, labelNames, ignoresStray, metric });
    });
  }

  run(command: Command): Outcome {
    return outcomeOf(() => this.#run(this.#withoutEmptyLabels(command)));
  }

  #run(command: Command): unknown {
    if (command.do === 'construct') throw new Error('constructed elsewhere');
    if (command.do === 'reset all') return this.registry.resetMetrics();
    if (command.do === 'clear') {
      this.defaultLabels = [];
      return this.registry.clear();
    }
    if (command.do === 'default labels') {
      this.defaultLabels = Object.keys(command.labels);
      return this.registry.setDefaultLabels({ ...command.labels });
    }
    if (command.do === 'compare' || this.metrics.length === 0) return;
    if (command.do === 'update child') return this.#updateChild(command);
    const of = this.metrics[command.metric % this.metrics.length] as Made;
    const { metric, type } = of;
    switch (command.do) {
      case 'update':
        return this.#update(of, command);
      case 'bind':
        // Where a counter's labels are wrong prom-client says so only at the first update.
        if (type === 'counter') metric.remove(...labelArguments(of, command.labels));
        this.#children.push({ child: metric.labels(...labelArguments(of, command.labels)), of });
        return;
      case 'time':
        return this.#time(of, command);
      case 'remove':
        return metric.remove(...labelArguments(of, command.labels));
      case 'zero':
        if (type !== 'histogram') return;
        return metric.zero(labelObject(of, { ...command.labels, stray: false }));
      case 'reset':
        return metric.reset();
      case 'unregister':
        return this.registry.removeSingleMetric(metric.name);
      case 'register':
        return this.registry.registerMetric(metric);
    }
  }

  #update(of: Made, { method, labels, value }: Command & { do: 'update' }): void {
    const { metric, type } = of;
    const name = nameOf(type, method);
    if (this.#isKnownDifference(type, name, value, labels)) return;
    if (name === 'setToCurrentTime') metric[name](...(labels ? [labelObject(of, labels)] : []));
    else if (labels === undefined) metric[name](value);
    else metric[name](labelObject(of, labels), value);
  }

  #updateChild({ child: at, method, value }: Command & { do: 'update child' }): void {
    const bound = this.#children[at % this.#children.length];
    if (bound === undefined) return;
    const name = nameOf(bound.of.type, method);
    if (!this.#isKnownDifference(bound.of.type, name, value, undefined)) bound.child[name](value);
  }

  /** Two packages take an empty label for an absent one: see `differences.ts`. */
  #withoutEmptyLabels(command: Command): Command {
    if (this.#pair === 'our classes' || this.#pair === 'prom-client') return command;
    const parts = Object.entries(command) as [string, object | undefined][];
    const replaced = parts.map(([key, part]) => {
      if (key === 'value' || typeof part !== 'object' || !('values' in part)) return [key, part];
      const values = Object.entries(part.values as object).filter(([, value]) => value !== '');
      return [key, { ...part, values: Object.fromEntries(values) }];
    });
    return Object.fromEntries(replaced) as Command;
  }

  /** Calls whose outcome is meant to differ: `differences.ts` says which and why. */
  #isKnownDifference(
    type: MetricTypeName,
    method: string,
    value: unknown,
    labels: LabelsSpec | undefined,
  ): boolean {
    const pair = this.#pair;
    if (type === 'counter' && (['', false].includes(value as '') || Number.isNaN(value)))
      return true;
    if (method === 'dec' && pair === 'our classes') {
      return typeof value !== 'number' && value !== undefined;
    }
    if (type === 'summary' && labels === undefined && typeof value === 'string')
      return value !== '';
    const wrong = typeof value !== 'number' || !Number.isFinite(value) || value < 0;
    return labels?.stray === true && wrong && looksAtValueFirst(pair, type);
  }

  #time(of: Made, { child: at, from, to, nanoseconds }: Command & { do: 'time' }): unknown {
    const bound = at === undefined ? undefined : this.#children[at % this.#children.length];
    const timed = bound?.of ?? of;
    if (timed.type === 'counter') return undefined;
    const begin = clock.nanoseconds;
    const end = bound
      ? bound.child.startTimer()
      : of.metric.startTimer(...(from ? [labelObject(of, from)] : []));
    // One package measures in milliseconds: eighths of a second are exact in both.
    const eighths = this.#pair === '@prometheus-io/client';
    clock.nanoseconds += eighths ? nanoseconds - (nanoseconds % EIGHTH) : nanoseconds;
    try {
      return end(...(to ? [labelObject(timed, to)] : []));
    } finally {
      clock.nanoseconds = begin;
    }
  }
}

/** Whether the package looks at a value before it looks at the labels; here the labels come first. */
function looksAtValueFirst(pair: PairName, type: MetricTypeName): boolean {
  if (pair === 'our classes' || pair === 'prom-client') return type === 'gauge';
  return type !== 'summary';
}

function nameOf(type: MetricTypeName, method: number): string {
  const names = UPDATES[type];
  return names[method % names.length] as string;
}

function labelObject({ labelNames, ignoresStray }: Made, { values, stray }: LabelsSpec): object {
  if (stray && !ignoresStray) return { ...values, z: 'stray' };
  return Object.fromEntries(Object.entries(values).filter(([name]) => labelNames.includes(name)));
}

function labelArguments(of: Made, spec: LabelsSpec): unknown[] {
  if (spec.form === 'object') return [labelObject(of, spec)];
  const ordered = of.labelNames.map((name) => spec.values[name] ?? 'x');
  return spec.stray ? [...ordered, 'stray'] : ordered;
}

function outcomeOf(action: () => unknown): Outcome {
  try {
    return { returned: action() };
  } catch (error) {
    const { name, message } = error as Error;
    // What follows the colon quotes the value, which prom-client has changed by then.
    return { threw: `${name}: ${message.replace(/^(\w+ is not a valid number): .*/s, '$1')}` };
  }
}
