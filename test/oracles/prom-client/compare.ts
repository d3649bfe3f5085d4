// What the two libraries show of the same program.

import assert from 'node:assert/strict';
import { parsePage, sampleKey } from '../../helpers/page-samples.js';
import { LABEL_NAMES } from './program.js';
import type { Side } from './side.js';

interface Value {
  readonly metricName?: string;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly value: number;
}

interface MetricObject {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly Value[];
}

/** @throws AssertionError when the sides' pages or values differ */
export async function compareSides(theirs: Side, ours: Side): Promise<void> {
  assert.deepEqual(await shown(ours), await shown(theirs));
}

/** @throws AssertionError when the sides' pages differ in anything but the order of labels */
export async function compareExactly(theirs: Side, ours: Side): Promise<void> {
  const [expected, actual] = await Promise.all(
    [theirs, ours].map(({ registry }) => registry.metrics()),
  );
  assert.deepEqual(linesOf(actual), linesOf(expected));
}

/** The lines of a page as they are, the labels of a sample in alphabetical order. */
function linesOf(page: string): string[] {
  return page.split('\n').map((line) =>
    line.replace(/\{(.*)\} /, (_, labels: string) => {
      const sorted = labels.match(/\w+="(?:[^"\\]|\\.)*"|\w+=[^,"]+/g)?.sort();
      return `{${sorted?.join(',')}} `;
    }),
  );
}

/**
 * Compares what `getMetricsAsJSON` gives. The sides are of no use afterwards: prom-client
 * leaves the default labels in the series.
 *
 * @throws AssertionError when it differs
 */
export async function compareJson(theirs: Side, ours: Side): Promise<void> {
  assert.deepEqual(await asJson(ours), await asJson(theirs));
}

async function shown({ registry, metrics }: Side) {
  const objects: MetricObject[] = await Promise.all(metrics.map(({ metric }) => metric.get()));
  const registered: { name: string }[] = registry.getMetricsAsArray();
  const singles = await Promise.all(
    registered.map(async ({ name }) => [
      name,
      pageOf(await registry.getSingleMetricAsString(name)),
    ]),
  );
  return {
    values: objects.map(plain),
    registered: registered.map(({ name }) => name).sort(),
    page: pageOf(await registry.metrics()),
    singles: Object.fromEntries(singles),
  };
}

async function asJson({ registry, defaultLabels }: Side) {
  const json: MetricObject[] = await registry.getMetricsAsJSON();
  // A default label that a series has itself, too: see `differences.ts`.
  const both = new Set(defaultLabels.filter((name) => LABEL_NAMES.includes(name)));
  const withoutDefaults = (value: Value) => ({
    ...value,
    labels: Object.fromEntries(
      Object.entries(value.labels ?? {}).filter(([name]) => !both.has(name)),
    ),
  });
  return Object.fromEntries(
    json.map((object) => [
      object.name,
      plain({ ...object, values: object.values.map(withoutDefaults) }),
    ]),
  );
}

/** Samples in their order, labels as text. */
function plain({ name, help, type, aggregator, values }: MetricObject) {
  return {
    name,
    help,
    type,
    aggregator,
    values: values.map(({ metricName = name, labels = {}, value }) => {
      const texts = Object.entries(labels).map(([label, one]) => [label, `${one}`]);
      return [sampleKey({ name: metricName, labels: Object.fromEntries(texts) }), positive(value)];
    }),
  };
}

/** Families with their samples, in no order, without a summary's quantiles. */
function pageOf(page: string) {
  const families = parsePage(page).map(({ name, help, type, samples }) => {
    const shown = samples.filter(({ labels }) => type !== 'summary' || !('quantile' in labels));
    const values = shown.map((sample) => [sampleKey(sample), positive(sample.value)]);
    return [name, { help, type, samples: Object.fromEntries(values) }];
  });
  return Object.fromEntries(families);
}

/** prom-client prints zero without its sign. */
function positive(value: number): number {
  return value === 0 ? 0 : value;
}
