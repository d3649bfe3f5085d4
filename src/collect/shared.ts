import type { Page } from '../exposition/sheet.js';
import { providePageMaker } from '../metrics/page-maker.js';
import type { Family } from '../model/family.js';
import { threadShared } from '../thread-shared.js';
import {
  Collector,
  type CollectorOptions,
  type PageOptions,
  type ReportOptions,
} from './collector.js';

export type CollectOptions = CollectorOptions & PageOptions;

/** The merged page of all processes. See `Collector`; one collector per directory is kept and shared. */
export function collect(options: CollectOptions = {}): Promise<string> {
  return sharedCollector(options).collect(options);
}

/** The merged page as UTF-8: what servers send. */
export function collectBytes(options: CollectOptions = {}): Promise<Buffer> {
  return sharedCollector(options).collectBytes(options);
}

/** The merged page as UTF-8, to be released when it is sent. */
export function collectPage(options: CollectOptions = {}): Promise<Page> {
  return sharedCollector(options).collectPage(options);
}

/** The merged page as data: families sorted by name, samples as on the page. */
export function collectFamilies(
  options: Omit<CollectOptions, 'format' | 'signal'> = {},
): Promise<Family[]> {
  return sharedCollector(options).collectFamilies(options);
}

/** What `/api/families` answers. */
export function collectReport(options: CollectorOptions & ReportOptions): Promise<Buffer> {
  const { dir, selfMetrics, compact, ...report } = options;
  return sharedCollector({ dir, selfMetrics, compact }).collectReport(report);
}

/** The collector that `collect()` uses for these options. Without a directory it shows this thread's memory. */
export function sharedCollector({
  dir,
  selfMetrics = true,
  compact = true,
}: CollectorOptions): Collector {
  const collectors = threadShared('collectors', () => new Map<string, Collector>());
  const key = JSON.stringify([dir ?? null, selfMetrics, compact]);
  let collector = collectors.get(key);
  if (collector === undefined) {
    collector = new Collector({ dir, selfMetrics, compact }, { memoryOnly: true });
    collectors.set(key, collector);
  }
  return collector;
}

/** Lets registries make their pages: called once by the package's entry. */
export function connectRegistries(): void {
  providePageMaker((selection, use) => sharedCollector({}).collectSelection(selection, use));
}
