import type { FamilyTable } from '../model/family.js';
import type { Aggregator, MetricValueWithName } from './configuration.js';
import { mergedMetricExemplar } from './exemplars.js';
import type { MergedView, PageSelection } from './page-maker.js';
import type { AnyMetricObject, Shown } from './shown.js';

/**
 * What this thread has of a selection, default labels included; undefined where two of
 * its metrics have one name, so that it must be merged even with nobody else there.
 */
export function ownObjects(selection: PageSelection): Map<Shown, AnyMetricObject> | undefined {
  const objects = new Map<Shown, AnyMetricObject>();
  const names = new Set<string>();
  for (const shown of selection.shown) {
    const object = shown.snapshot();
    if (object === undefined) continue;
    if (names.has(object.name)) return undefined;
    names.add(object.name);
    const pairs = selection.defaultLabels ?? shown.storeMetric?.defaultLabels ?? [];
    const defaults = Object.fromEntries(pairs);
    const values = object.values?.map((value) => ({
      ...value,
      labels: { ...defaults, ...value.labels },
    }));
    objects.set(shown, { ...object, values });
  }
  return objects;
}

/** A merged view in the shape of prom-client's `getMetricsAsJSON()`: label values are texts, bounds numbers. */
export function mergedObjects({ selection, families }: MergedView): AnyMetricObject[] {
  const known = new Map([...selection.shown].map(({ name, aggregator }) => [name, aggregator]));
  return families.map((family) => toMetricObject(family, known.get(family.name) ?? 'sum'));
}

/** One family in that shape. */
export function toMetricObject(family: FamilyTable, aggregator: Aggregator): AnyMetricObject {
  const { name, help, type } = family;
  const values = family.labels.flatMap((_, series) => valuesOf(family, series));
  return { help, name, type, values, aggregator };
}

function valuesOf(family: FamilyTable, series: number): MetricValueWithName<string>[] {
  const { name, type, bounds, width } = family;
  const labels = Object.fromEntries(family.labels[series] ?? []);
  const at = (i: number) => family.values[series * width + i] as number;
  const exemplarAt = (i: number) => {
    const exemplar = family.exemplars?.[series * width + i];
    return exemplar === undefined ? {} : { exemplar: mergedMetricExemplar(exemplar) };
  };
  switch (type) {
    case 'counter':
    case 'gauge':
      return [{ value: at(0), labels, ...exemplarAt(0) }];
    case 'summary':
      return [
        { metricName: `${name}_sum`, labels, value: at(1) },
        { metricName: `${name}_count`, labels, value: at(0) },
      ];
    case 'histogram': {
      let count = 0;
      const buckets = [...bounds, '+Inf'].map((le, i) => {
        count += at(i);
        const line = { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` };
        return { ...line, ...exemplarAt(i) };
      });
      return [
        ...buckets,
        { labels, value: at(width - 1), metricName: `${name}_sum` },
        { labels, value: count, metricName: `${name}_count` },
      ];
    }
  }
}
