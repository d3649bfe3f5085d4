import type { FamilyTable } from '../model/family.js';
import type { LabelPair } from '../model/labels.js';
import { threadShared } from '../thread-shared.js';
import type { RegistryContentType } from './content-type.js';
import type { Shown } from './shown.js';

/** Which metrics a page shows: those of this thread are just these, those of others count by name. */
export interface PageSelection {
  readonly shown: ReadonlySet<Shown>;
  /** The registry's default labels; undefined where every metric has those of its own registry. */
  readonly defaultLabels: readonly LabelPair[] | undefined;
  /** Whether the page shows what other writers have under this name. */
  readonly showsOthers: (name: string) => boolean;
  /** The selection as it is by now: callbacks may have made metrics. Itself where not given. */
  readonly renewed?: () => PageSelection;
}

/** What a registry shows, merged over all writers. */
export interface MergedView {
  /** As it was when the view was merged. */
  readonly selection: PageSelection;
  /** Whether nobody but this thread has written anything. */
  readonly alone: boolean;
  readonly families: readonly FamilyTable[];
  page(contentType: RegistryContentType): Promise<string>;
}

/**
 * Runs the callbacks of a selection, merges it and gives it to `use`: it is valid until
 * that is done. Layers above metrics put it into the thread's state.
 */
export type PageMaker = <T>(
  selection: PageSelection,
  use: (view: MergedView) => T | Promise<T>,
) => Promise<T>;

/** Gives all registries of this thread what they need for their pages. */
export function providePageMaker(maker: PageMaker): void {
  place().make ??= maker;
}

/** What `use` makes of the merged view of a selection. */
export function withMergedView<T>(
  selection: PageSelection,
  use: (view: MergedView) => T | Promise<T>,
): Promise<T> {
  return (place().make as PageMaker)(selection, use);
}

function place(): { make?: PageMaker } {
  return threadShared('registry page maker', () => ({}));
}
