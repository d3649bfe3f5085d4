import { DirectoryError } from '../errors.js';
import { toFamily } from '../exposition/families.js';
import { FORMATS, type FormatName } from '../exposition/formats.js';
import { PageRenderer } from '../exposition/page.js';
import { MAX_SCAN_ATTEMPTS } from '../limits.js';
import type { Select } from '../merge/claims.js';
import { type MergePlan, planMerge } from '../merge/plan.js';
import type { MergeSource } from '../merge/source.js';
import type { PageSelection } from '../metrics/registry.js';
import type { Family, FamilyTable } from '../model/family.js';
import { nowMs } from '../processes/clock.js';
import type { FileSource } from '../processes/file-source.js';
import { createObserver, type Observer } from '../processes/liveness.js';
import { type ThreadState, threadState } from '../state.js';
import { VERSION } from '../version.js';
import { runCallbacks } from './callbacks.js';
import { backgroundCompactor } from './compactor.js';
import { type DirectoryList, directoryList, prepareDirectories } from './directories.js';
import { DirectoryView } from './directory-view.js';
import { familyFilter } from './family-filter.js';
import { memorySource } from './memory-source.js';
import { Restless } from './restless.js';
import { SELF_PREFIX, SelfMetrics } from './self-metrics.js';

export interface CollectorOptions {
  /** Directory, list of directories or glob pattern; `PROMETHEUS_MULTIPROC_DIR` where not given. */
  dir?: string | readonly string[] | undefined;
  /** Whether pages show the library's own metrics, `prom_multiproc_...`. Default true. */
  selfMetrics?: boolean | undefined;
  /**
   * Whether a page on which dead writers are seen makes this process fold them into the
   * archive afterwards, where it may write. Default true.
   */
  compact?: boolean | undefined;
}

export interface PageOptions {
  /** Default `text`: Prometheus text format 0.0.4. */
  format?: FormatName | undefined;
  /** Only families of these names; names of their samples (`x_bucket`, `x_count`) serve too. */
  names?: readonly string[] | undefined;
}

interface CachedPlan {
  readonly topology: number;
  readonly plan: MergePlan;
}

const ALL: PageSelection = { metrics: new Map(), defaultLabels: [] };

/**
 * Reads, merges and renders what all processes have written into a directory. Readers need
 * no right to write. Known files stay open, so keep a collector as long as you scrape.
 */
export class Collector {
  readonly #state: ThreadState;
  readonly #directories: DirectoryList;
  readonly #observer: Observer;
  readonly #selfMetrics: boolean;
  readonly #compact: boolean;
  readonly #views = new Map<string, DirectoryView>();
  readonly #plans = new WeakMap<PageSelection, CachedPlan>();
  readonly #self = new SelfMetrics();
  readonly #renderers = {
    text: new PageRenderer(FORMATS.text),
    openmetrics: new PageRenderer(FORMATS.openmetrics),
  };
  /** Counts changes: a plan is good for one. */
  #topology = 0;
  #sources: readonly FileSource[] = [];

  /**
   * Makes the directory that the variable names if it is missing; one that is given as
   * an option may come later.
   *
   * @throws DirectoryError when no directory is given and the variable is not set, or what
   * is named is no directory and cannot become one
   */
  constructor(options: CollectorOptions = {}, fallback: { readonly memoryOnly?: boolean } = {}) {
    const state = threadState();
    this.#state = state;
    this.#selfMetrics = options.selfMetrics ?? true;
    this.#compact = options.compact ?? true;
    this.#observer = createObserver(state.identity, nowMs, state.staleAfterMs);
    if (fallback.memoryOnly !== true) prepareDirectories(options.dir, state);
    const unset = options.dir === undefined && state.directory === undefined;
    this.#directories =
      unset && fallback.memoryOnly === true ? async () => [] : directoryList(options.dir, state);
  }

  /**
   * The merged page.
   *
   * @throws DirectoryError when there is nothing to show: no directory and nothing of this
   * process, or a directory that changes faster than it can be read
   */
  async collect(options: PageOptions = {}): Promise<string> {
    const families = await this.#collect(ALL, options.names);
    return this.#renderers[options.format ?? 'text'].render(families);
  }

  /** The merged page as UTF-8. */
  async collectBytes(options: PageOptions = {}): Promise<Buffer> {
    return Buffer.from(await this.collect(options));
  }

  /** The merged page as data. */
  async collectFamilies(options: Pick<PageOptions, 'names'> = {}): Promise<Family[]> {
    return (await this.#collect(ALL, options.names)).map(toFamily);
  }

  /** The merged page of a registry's metrics. */
  async collectSelection(selection: PageSelection, format: FormatName): Promise<string> {
    return this.#renderers[format].render(await this.#collect(selection, undefined));
  }

  /** Closes all files. The collector opens them anew if it is used again. */
  close(): void {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
    this.#topology++;
  }

  async #collect(
    selection: PageSelection,
    names: readonly string[] | undefined,
  ): Promise<FamilyTable[]> {
    const wanted = names === undefined ? undefined : familyFilter(names);
    await runCallbacks(this.#state, ({ name, storeMetric }) =>
      selection === ALL ? (wanted?.(name) ?? true) : selection.metrics.get(name) === storeMetric,
    );
    const directories = await this.#directories();
    const begin = performance.now();
    this.#state.store.flush();
    const plan = this.#merge(directories, selection);
    if (this.#compact) this.#requestCompaction();
    const families: FamilyTable[] =
      selection === ALL && this.#selfMetrics
        ? this.#withSelfMetrics(plan, begin)
        : [...plan.families];
    return wanted === undefined ? families : families.filter(({ name }) => wanted(name));
  }

  /** What dead writers left costs every scrape until it is in the archive. */
  #requestCompaction(): void {
    for (const view of this.#views.values()) {
      for (const writer of view.writers) {
        if (writer.liveness !== 'dead') continue;
        backgroundCompactor().request(view.path);
        break;
      }
    }
  }

  /** Merges one moment: begins again when the archive was replaced or slots changed hands meanwhile. */
  #merge(directories: readonly string[], selection: PageSelection): MergePlan {
    const restless = new Restless();
    for (let attempt = 1; ; attempt++) {
      this.#scan(directories);
      if (restless.hold(this.#sources)) this.#topology++;
      const plan = this.#planOf(selection);
      plan.run();
      const moved = this.#sources.filter((source) => source.slotsMoved);
      const replaced = [...this.#views.values()].find((view) => !view.isStable());
      if (moved.length === 0 && replaced === undefined) return plan;
      restless.note(moved);
      if (attempt < MAX_SCAN_ATTEMPTS) continue;
      const path = replaced?.path ?? (moved[0] as FileSource).reader.path;
      throw new DirectoryError(path, `${path} changed under each of ${attempt} readings`);
    }
  }

  #scan(directories: readonly string[]): void {
    let changed = this.#openViews(directories);
    const sources: FileSource[] = [];
    const own = this.#ownMemory(directories);
    for (const view of this.#views.values()) {
      try {
        if (this.#scanView(view)) changed = true;
        sources.push(...view.sources);
      } catch (error) {
        if (!(error instanceof DirectoryError) || own === undefined) throw error;
        if (own.update()) changed = true;
        // With values of its own in memory the process still has something to show.
        if (own.series.length === 0) throw error;
        this.#state.report(error);
      }
    }
    // What had a file before may be in memory now.
    if (own?.update()) changed = true;
    if (own !== undefined) sources.push(own);
    if (changed || sources.length !== this.#sources.length) this.#topology++;
    this.#sources = sources;
  }

  /** True when the view has changed. @throws DirectoryError */
  #scanView(view: DirectoryView): boolean {
    const { directory, store } = this.#state;
    const ownFile = view.path === directory ? store.fileWriter : undefined;
    let changed = false;
    try {
      changed = view.scan();
      if (ownFile === undefined || view.shows(ownFile.mapping.path)) return changed;
    } catch (error) {
      if (!(error instanceof DirectoryError) || ownFile === undefined) throw error;
    }
    // This thread's file went: its values are to be on this page, not the next heartbeat's.
    store.beat(nowMs());
    return view.scan() || changed || store.fileWriter !== ownFile;
  }

  #openViews(directories: readonly string[]): boolean {
    let changed = false;
    const wanted = new Set(directories);
    for (const [path, view] of this.#views) {
      if (wanted.has(path)) continue;
      view.close();
      this.#views.delete(path);
      changed = true;
    }
    for (const path of wanted) {
      if (this.#views.has(path)) continue;
      const { backend } = this.#state.backend();
      const report = (error: unknown) => this.#state.report(error);
      this.#views.set(path, new DirectoryView(path, backend, this.#observer, report));
      changed = true;
    }
    return changed;
  }

  /** What this thread could not write, or has no directory for, where that belongs on the page. */
  #ownMemory(directories: readonly string[]): FileSource | undefined {
    const { directory, store } = this.#state;
    if (directory !== undefined && !directories.includes(directory)) return undefined;
    if (directory === undefined && directories.length > 0) return undefined;
    return memorySource(store.memoryWriter);
  }

  #planOf(selection: PageSelection): MergePlan {
    const cached = this.#plans.get(selection);
    if (cached?.topology === this.#topology) return cached.plan;
    const plan =
      selection === ALL
        ? planMerge(this.#sources)
        : planMerge(this.#sources, this.#selector(selection));
    this.#plans.set(selection, { topology: this.#topology, plan });
    return plan;
  }

  /** Metrics of this thread by identity, with the registry's default labels; those of others by name. */
  #selector({ metrics, defaultLabels }: PageSelection): Select {
    const { store } = this.#state;
    const ownIds = new Map<MergeSource, Set<number | undefined>>();
    const writers = [store.memoryWriter, ...(store.fileWriter ? [store.fileWriter] : [])];
    for (const writer of writers) {
      const source =
        memorySource(writer) ??
        this.#sources.find(({ reader }) => reader.path === writer.mapping.path);
      if (source === undefined) continue;
      const ids = [...metrics.values()].map((metric) => store.idOf(metric, writer));
      ownIds.set(source, new Set(ids));
    }
    return (source, metric) => {
      const ids = ownIds.get(source);
      if (ids !== undefined) return ids.has(metric.id) ? defaultLabels : undefined;
      const own = metrics.get(metric.name);
      if (own === undefined) return undefined;
      // Another process has its own default labels, unless this registry is one that,
      // here, shows the metric with others than the metric's.
      return own.defaultLabels === defaultLabels ? metric.defaultLabels : defaultLabels;
    };
  }

  #withSelfMetrics(plan: MergePlan, begin: number): FamilyTable[] {
    const writers = { live: 0, hidden: 0, dead: 0 };
    for (const source of this.#sources) {
      // What this thread keeps in memory beside its file is no writer of its own.
      const counts = this.#views.size === 0 || source.reader.inode !== 0;
      if (counts && !source.isArchive) writers[source.liveness]++;
    }
    let filesSkipped = 0;
    for (const view of this.#views.values()) filesSkipped += view.skipped;
    let series = 0;
    for (const { name, labels } of plan.families) {
      if (!name.startsWith(SELF_PREFIX)) series += labels.length;
    }
    const self = this.#self.families({
      version: VERSION,
      backend: this.#views.size === 0 ? 'memory' : this.#state.backend().backend.name,
      writers,
      series,
      durationSeconds: (performance.now() - begin) / 1000,
      filesSkipped,
      conflicts: plan.conflicts,
    });
    return [...plan.families, ...self].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
