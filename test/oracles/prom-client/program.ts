// Random programs over the metric classes: what applications do, and what they do wrong.
// Labels and values are plain data here; `side.ts` carries a program out.

import fc from 'fast-check';

export type MetricTypeName = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface MetricSpec {
  readonly type: MetricTypeName;
  readonly name: unknown;
  readonly help: unknown;
  readonly labelNames: readonly string[];
  readonly buckets: readonly number[] | undefined;
  readonly percentiles: readonly number[] | undefined;
  readonly aggregator: string | undefined;
}

/** How a call names a series: fitted to the metric's label names unless `stray`. */
export interface LabelsSpec {
  readonly form: 'object' | 'ordered';
  readonly values: Readonly<Record<string, unknown>>;
  /** Labels that the metric may not have, or one value too many. */
  readonly stray: boolean;
}

export type Command =
  | { readonly do: 'construct'; readonly spec: MetricSpec }
  | {
      readonly do: 'update';
      readonly metric: number;
      readonly method: number;
      readonly labels: LabelsSpec | undefined;
      readonly value: unknown;
    }
  | { readonly do: 'bind'; readonly metric: number; readonly labels: LabelsSpec }
  | {
      readonly do: 'update child';
      readonly child: number;
      readonly method: number;
      readonly value: unknown;
    }
  | {
      readonly do: 'time';
      readonly metric: number;
      readonly child: number | undefined;
      readonly from: LabelsSpec | undefined;
      readonly to: LabelsSpec | undefined;
      readonly nanoseconds: number;
    }
  | { readonly do: 'remove'; readonly metric: number; readonly labels: LabelsSpec }
  | { readonly do: 'zero'; readonly metric: number; readonly labels: LabelsSpec }
  | { readonly do: 'reset'; readonly metric: number }
  | { readonly do: 'reset all' }
  | { readonly do: 'unregister'; readonly metric: number }
  | { readonly do: 'register'; readonly metric: number }
  | { readonly do: 'clear' }
  | { readonly do: 'default labels'; readonly labels: Readonly<Record<string, unknown>> }
  | { readonly do: 'compare' };

export interface Program {
  readonly metrics: readonly MetricSpec[];
  readonly commands: readonly Command[];
}

const few = (weight: number, arbitrary: fc.Arbitrary<unknown>) => ({ weight, arbitrary });

/** All labels that metrics here can have. */
export const LABEL_NAMES: readonly string[] = ['a', 'b', 'c'];

const labelNames = fc.constantFrom<(readonly string[])[]>(
  [],
  ['a'],
  ['a', 'b'],
  ['c', 'b', 'a'],
  ['a', 'not a name'],
);

const spec: fc.Arbitrary<MetricSpec> = fc.record({
  type: fc.constantFrom('counter', 'gauge', 'histogram', 'summary'),
  name: fc.oneof(
    few(12, fc.constantFrom('m', 'm_total', 'n:x', '_o', 'P9')),
    few(1, fc.constantFrom('', '9m', 'm-n', 'ü', 'm\n', undefined, 5)),
  ),
  help: fc.oneof(
    few(12, fc.constantFrom('Help.', 'a \\ and\na new line "quoted"', '🦊')),
    few(1, fc.constantFrom('', undefined)),
  ),
  labelNames,
  buckets: fc.constantFrom(undefined, [], [1], [0, 0.5, 10], [-2, -0.25, 1e9]),
  percentiles: fc.constantFrom(undefined, [], [0.5], [0, 0.9, 1]),
  aggregator: fc.constantFrom(undefined, 'sum', 'min', 'max', 'average', 'first'),
}) as fc.Arbitrary<MetricSpec>;

const labelValue = fc.oneof(
  few(6, fc.constantFrom('x', 'y', '')),
  few(3, fc.constantFrom('1', 1, 'true', true, 'null')),
  few(2, fc.constantFrom(0, -0, 1.5, 1e21, Number.NaN, false, 10n)),
  // Without commas: prom-client takes some label sets with commas for one.
  few(3, fc.constantFrom('"', '\\', '\n', '\\n', ' ', ':', 'a:x', '=', '{}', '🦊', '\0')),
);

const labels: fc.Arbitrary<LabelsSpec> = fc.record({
  form: fc.constantFrom('object', 'object', 'ordered'),
  values: fc
    .tuple(fc.dictionary(fc.constantFrom(...LABEL_NAMES), labelValue), fc.boolean())
    .map(([values, reversed]) =>
      reversed ? Object.fromEntries(Object.entries(values).reverse()) : values,
    ),
  stray: fc.nat({ max: 15 }).map((n) => n === 0),
}) as fc.Arbitrary<LabelsSpec>;

const value = fc.oneof(
  few(4, fc.constant(undefined)),
  few(8, fc.nat({ max: 20 })),
  few(4, fc.double({ noNaN: true, noDefaultInfinity: true })),
  few(3, fc.constantFrom(0, 0.5, 1, 10, -1, -0.25, 1e9, 1e308, 5e-324)),
  few(
    2,
    fc.constantFrom(null, 'x', '5', '', true, false, Infinity, -Infinity, Number.NaN, {}, [], 5n),
  ),
);

const index = fc.nat({ max: 5 });

const command = fc.oneof(
  few(
    12,
    fc.record({
      do: fc.constant('update'),
      metric: index,
      method: index,
      labels: fc.option(labels, { nil: undefined }),
      value,
    }),
  ),
  few(4, fc.record({ do: fc.constant('bind'), metric: index, labels })),
  few(8, fc.record({ do: fc.constant('update child'), child: fc.nat(), method: index, value })),
  few(
    2,
    fc.record({
      do: fc.constant('time'),
      metric: index,
      child: fc.option(fc.nat(), { nil: undefined }),
      from: fc.option(labels, { nil: undefined }),
      to: fc.option(labels, { nil: undefined }),
      nanoseconds: fc.nat({ max: 20e9 }),
    }),
  ),
  few(4, fc.record({ do: fc.constant('remove'), metric: index, labels })),
  few(2, fc.record({ do: fc.constant('zero'), metric: index, labels })),
  few(1, fc.record({ do: fc.constant('reset'), metric: index })),
  few(1, fc.record({ do: fc.constantFrom('reset all', 'clear', 'compare') })),
  few(1, fc.record({ do: fc.constantFrom('unregister', 'register'), metric: index })),
  few(1, fc.record({ do: fc.constant('construct'), spec })),
  few(
    1,
    fc.record({
      do: fc.constant('default labels'),
      labels: fc.dictionary(
        fc.constantFrom('d', 'e', 'a'),
        fc.constantFrom('no series has it', 5.5, 'p"q'),
      ),
    }),
  ),
) as fc.Arbitrary<Command>;

/** Programs of a few metrics and some dozen calls. */
export const program: fc.Arbitrary<Program> = fc.record({
  metrics: fc.array(spec, { minLength: 1, maxLength: 3 }),
  commands: fc.array(command, { maxLength: 60, size: 'max' }),
});
