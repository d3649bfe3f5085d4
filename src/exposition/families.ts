import type { Exemplar } from '../model/exemplar.js';
import type { Family, FamilyTable, Sample } from '../model/family.js';
import { formatValue } from './numbers.js';

/** The samples of a page as data: what `collectFamilies` gives. */
export function toFamily(table: FamilyTable): Family {
  const { name, help, type } = table;
  return { name, help, type, samples: [...table.order].flatMap((i) => samplesOf(table, i)) };
}

/** The samples of one series, as on the page. */
export function samplesOf(table: FamilyTable, series: number): Sample[] {
  const { name, type, bounds, width } = table;
  const labels = Object.fromEntries(table.labels[series] ?? []);
  const values = table.values.subarray(series * width, (series + 1) * width);
  const value = (i: number) => values[i] as number;
  const exemplar = (i: number) => exemplarOf(table.exemplars?.[series * width + i]);
  switch (type) {
    case 'counter':
    case 'gauge':
      return [{ name, labels, value: value(0), ...exemplar(0) }];
    case 'summary':
      return [
        { name: `${name}_sum`, labels, value: value(1) },
        { name: `${name}_count`, labels, value: value(0) },
      ];
    case 'histogram': {
      let count = 0;
      const buckets = [...bounds.map(formatValue), '+Inf'].map((le, i) => {
        count += value(i);
        return { name: `${name}_bucket`, labels: { ...labels, le }, value: count, ...exemplar(i) };
      });
      return [
        ...buckets,
        { name: `${name}_sum`, labels, value: value(width - 1) },
        { name: `${name}_count`, labels, value: count },
      ];
    }
  }
}

function exemplarOf(exemplar: Exemplar | undefined): Pick<Sample, 'exemplar'> {
  if (exemplar === undefined) return {};
  const { labels, value, timeMs } = exemplar;
  return {
    exemplar: { labels: Object.fromEntries(labels), value, timestampSeconds: timeMs / 1000 },
  };
}
