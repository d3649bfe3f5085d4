import type { Select, SelectMetric } from '../merge/claims.js';
import type { MergeSource } from '../merge/source.js';
import type { PageSelection } from '../metrics/page-maker.js';
import type { FileSource } from '../processes/file-source.js';
import type { Store } from '../store/store.js';
import type { Writer } from '../store/writer.js';
import { memorySource } from './memory-source.js';

/** Sources that this thread writes, each with its writer. */
export function ownSources(store: Store, sources: readonly FileSource[]): Map<MergeSource, Writer> {
  const own = new Map<MergeSource, Writer>();
  for (const writer of [store.memoryWriter, ...(store.fileWriter ? [store.fileWriter] : [])]) {
    const source =
      memorySource(writer) ?? sources.find(({ reader }) => reader.path === writer.mapping.path);
    if (source !== undefined) own.set(source, writer);
  }
  return own;
}

/** Metrics of this thread by identity, with the registry's default labels; those of others by name. */
export function selector(
  { shown, defaultLabels, showsOthers }: PageSelection,
  store: Store,
  sources: readonly FileSource[],
): Select {
  const ownIds = new Map<MergeSource, Set<number | undefined>>();
  for (const [source, writer] of ownSources(store, sources)) {
    const ids = [...shown].map(({ storeMetric }) => storeMetric && store.idOf(storeMetric, writer));
    ownIds.set(source, new Set(ids));
  }
  const byName = new Map([...shown].map(({ name, storeMetric }) => [name, storeMetric]));
  const ofOthers: SelectMetric = (metric) => {
    if (!showsOthers(metric.name)) return undefined;
    // Another process has its own default labels, unless this registry is one that,
    // here, shows the metric with others than the metric's.
    const ours = byName.get(metric.name)?.defaultLabels;
    return defaultLabels === undefined || ours === undefined || ours === defaultLabels
      ? metric.defaultLabels
      : defaultLabels;
  };
  return (source) => {
    const ids = ownIds.get(source);
    if (ids === undefined) return ofOthers;
    return (metric) => (ids.has(metric.id) ? (defaultLabels ?? metric.defaultLabels) : undefined);
  };
}
