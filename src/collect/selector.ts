import type { Select, SelectMetric } from '../merge/claims.js';
import type { MergeSource } from '../merge/source.js';
import type { PageSelection } from '../metrics/registry.js';
import type { FileSource } from '../processes/file-source.js';
import type { Store } from '../store/store.js';
import { memorySource } from './memory-source.js';

/** Metrics of this thread by identity, with the registry's default labels; those of others by name. */
export function selector(
  { metrics, defaultLabels }: PageSelection,
  store: Store,
  sources: readonly FileSource[],
): Select {
  const ownIds = new Map<MergeSource, Set<number | undefined>>();
  const writers = [store.memoryWriter, ...(store.fileWriter ? [store.fileWriter] : [])];
  for (const writer of writers) {
    const source =
      memorySource(writer) ?? sources.find(({ reader }) => reader.path === writer.mapping.path);
    if (source === undefined) continue;
    const ids = [...metrics.values()].map((metric) => store.idOf(metric, writer));
    ownIds.set(source, new Set(ids));
  }
  const ofOthers: SelectMetric = (metric) => {
    const own = metrics.get(metric.name);
    if (own === undefined) return undefined;
    // Another process has its own default labels, unless this registry is one that,
    // here, shows the metric with others than the metric's.
    return own.defaultLabels === defaultLabels ? metric.defaultLabels : defaultLabels;
  };
  return (source) => {
    const ids = ownIds.get(source);
    return ids === undefined ? ofOthers : ({ id }) => (ids.has(id) ? defaultLabels : undefined);
  };
}
