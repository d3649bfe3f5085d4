import { DirectoryError } from '../errors.js';
import { toFamily } from '../exposition/families.js';
import { FORMATS, type FormatName, openMetricsContentType } from '../exposition/formats.js';
import { PageRenderer } from '../exposition/page.js';
import { MAX_SCAN_ATTEMPTS, MAX_SLICE_MS } from '../limits.js';
import { type MergePlan, planInSteps } from '../merge/plan.js';
import type { MergedView, PageSelection } from '../metrics/page-maker.js';
import type { Family, FamilyTable } from '../model/family.js';
import { type ThreadState, threadState } from '../state.js';
import { inSlices, type Steps } from '../steps.js';
import { VERSION } from '../version.js';
import { backgroundCompactor } from './compactor.js';
import { type DirectoryList, directoryList, prepareDirectories } from './directories.js';
import { familyFilter } from './family-filter.js';
import { reportSteps } from './report.js';
import type { FamilyQuery } from './report-family.js';
import { Restless } from './restless.js';
import { threadCallbacks } from './sampler.js';
import { ownSources, selector } from './selector.js';
import { type CollectorFacts, SELF_PREFIX, SelfMetrics } from './self-metrics.js';
import { SourceList } from './source-list.js';
import { Turns } from './turns.js';

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
  /** A page that all who asked for it gave up is not begun, and rejects. One that is being made is made. */
  signal?: AbortSignal | undefined;
}

export interface ReportOptions extends FamilyQuery, Pick<PageOptions, 'names' | 'signal'> {}

interface Merged {
  readonly plan: MergePlan;
  /** What reading and merging took. */
  readonly durationSeconds: number;
}

interface CachedPlan {
  readonly topology: number;
  readonly plan: MergePlan;
}

const ALL: PageSelection = {
  shown: new Set(),
  defaultLabels: undefined,
  showsOthers: () => true,
};

/**
 * Reads, merges and renders what all processes have written into a directory. Readers need
 * no right to write. Known files stay open, so keep a collector as long as you scrape.
 */
export class Collector {
  readonly #state: ThreadState;
  readonly #directories: DirectoryList;
  readonly #selfMetrics: boolean;
  readonly #compact: boolean;
  readonly #list: SourceList;
  readonly #plans = new WeakMap<PageSelection, CachedPlan>();
  readonly #self = new SelfMetrics();
  readonly #renderers = {
    text: new PageRenderer(FORMATS.text),
    openmetrics: new PageRenderer(FORMATS.openmetrics),
  };
  readonly #turns = new Turns();
  #closing = false;

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
    this.#list = new SourceList(state);
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
    return (await this.collectBytes(options)).toString();
  }

  /** The merged page as UTF-8. Those who ask while another page is made may get the same Buffer. */
  async collectBytes({ format = 'text', names, signal }: PageOptions = {}): Promise<Buffer> {
    signal?.throwIfAborted();
    await this.#runCallbacks(ALL, names);
    const key = names === undefined ? format : JSON.stringify([format, names]);
    return this.#inTurn(() => this.#page(ALL, names, format), key, signal);
  }

  /** The merged page as data. */
  async collectFamilies({ names }: Pick<PageOptions, 'names'> = {}): Promise<Family[]> {
    await this.#runCallbacks(ALL, names);
    return this.#inTurn(async () => (await this.#families(ALL, names)).map(toFamily));
  }

  /** A `FamiliesReport` as JSON, UTF-8. Those who ask the same while another page is made may get the same Buffer. */
  async collectReport({ names, signal, ...query }: ReportOptions): Promise<Buffer> {
    signal?.throwIfAborted();
    await this.#runCallbacks(ALL, names);
    const key = JSON.stringify(['report', names, query]);
    const work = async () => {
      const merged = await this.#merged(ALL);
      const facts = this.#facts(merged);
      const all = this.#selfMetrics
        ? this.#withSelfMetrics(merged.plan, facts)
        : merged.plan.families;
      const families = ofNames(all, names);
      const subject = { families, all, facts, list: this.#list };
      return inSlices(reportSteps(subject, query), MAX_SLICE_MS);
    };
    return this.#inTurn(work, key, signal);
  }

  /** Gives what a registry shows, merged, to `use`, during which nobody else makes a page. */
  async collectSelection<T>(
    asked: PageSelection,
    use: (view: MergedView) => T | Promise<T>,
  ): Promise<T> {
    await this.#runCallbacks(asked, undefined);
    return this.#inTurn(async () => {
      const selection = asked.renewed?.() ?? asked;
      const families = await this.#families(selection, undefined);
      const { sources } = this.#list;
      const own = ownSources(this.#state.store, sources);
      return use({
        selection,
        alone: sources.every((source) => own.has(source)),
        families,
        page: async (type) => {
          const format = type === openMetricsContentType ? 'openmetrics' : 'text';
          return (await this.#render(families, format)).toString();
        },
      });
    });
  }

  /** Closes all files, after the pages that are being made. The collector opens them anew if it is used again. */
  close(): void {
    if (this.#turns.busy) this.#closing = true;
    else this.#close();
  }

  #close(): void {
    this.#list.close();
    this.#closing = false;
  }

  /** One page at a time: files, plan and texts are the collector's, and pages are made in slices. */
  #inTurn<T>(work: () => Promise<T>, key?: string, signal?: AbortSignal): Promise<T> {
    const result = this.#turns.take(work, key, signal);
    const closeIfAsked = () => {
      if (this.#closing && !this.#turns.busy) this.#close();
    };
    result.then(closeIfAsked, closeIfAsked);
    return result;
  }

  #runCallbacks(selection: PageSelection, names: readonly string[] | undefined): Promise<void> {
    const wanted = familyFilter(names);
    const shown: ReadonlySet<unknown> = selection.shown;
    return threadCallbacks(this.#state).forPage((metric) =>
      selection === ALL ? metric.name === '' || wanted(metric.name) : shown.has(metric),
    );
  }

  async #page(
    selection: PageSelection,
    names: readonly string[] | undefined,
    format: FormatName,
  ): Promise<Buffer> {
    return this.#render(await this.#families(selection, names), format);
  }

  #render(families: readonly FamilyTable[], format: FormatName): Promise<Buffer> {
    return inSlices(this.#renderers[format].steps(families), MAX_SLICE_MS);
  }

  async #families(
    selection: PageSelection,
    names: readonly string[] | undefined,
  ): Promise<readonly FamilyTable[]> {
    const merged = await this.#merged(selection);
    const { plan } = merged;
    const withSelf = selection === ALL && this.#selfMetrics;
    const all = withSelf ? this.#withSelfMetrics(plan, this.#facts(merged)) : plan.families;
    return ofNames(all, names);
  }

  async #merged(selection: PageSelection): Promise<Merged> {
    const directories = await this.#directories();
    const begin = performance.now();
    this.#state.store.flush();
    const plan = await inSlices(this.#merge(directories, selection), MAX_SLICE_MS);
    if (this.#compact) {
      // What dead writers left costs every scrape until it is in the archive.
      for (const directory of this.#list.uncompacted) backgroundCompactor().request(directory);
    }
    return { plan, durationSeconds: (performance.now() - begin) / 1000 };
  }

  /** Merges one moment: begins again when the archive was replaced or slots changed hands meanwhile. */
  *#merge(directories: readonly string[], selection: PageSelection): Steps<MergePlan> {
    const restless = new Restless();
    for (let attempt = 1; ; attempt++) {
      yield* this.#list.scan(directories);
      if (restless.hold(this.#list.sources)) this.#list.note();
      const plan = yield* this.#planOf(selection);
      yield* plan.steps();
      const moved = this.#list.sources.filter((source) => source.slotsMoved);
      const unstable = this.#list.unstable ?? moved[0]?.reader.path;
      if (unstable === undefined) return plan;
      restless.note(moved);
      if (attempt < MAX_SCAN_ATTEMPTS) continue;
      throw new DirectoryError(unstable, `${unstable} changed under each of ${attempt} readings`);
    }
  }

  *#planOf(selection: PageSelection): Steps<MergePlan> {
    const cached = this.#plans.get(selection);
    const { topology, sources } = this.#list;
    if (cached?.topology === topology) return cached.plan;
    const { store } = this.#state;
    const select = selection === ALL ? undefined : selector(selection, store, sources);
    const plan = yield* planInSteps(sources, select);
    this.#plans.set(selection, { topology, plan });
    return plan;
  }

  #withSelfMetrics(plan: MergePlan, facts: CollectorFacts): FamilyTable[] {
    const self = this.#self.families(facts);
    return [...plan.families, ...self].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #facts({ plan, durationSeconds }: Merged): CollectorFacts {
    let series = 0;
    for (const { name, labels } of plan.families) {
      if (!name.startsWith(SELF_PREFIX)) series += labels.length;
    }
    const writers = { live: 0, hidden: 0, dead: 0 };
    const fileBytes = { archive: 0, writer: 0 };
    let newestMs = 0;
    for (const { liveness, createdMs, reader } of this.#list.writers) {
      writers[liveness]++;
      fileBytes.writer += reader.size;
      if (liveness === 'live') newestMs = Math.max(newestMs, createdMs);
    }
    for (const { reader } of this.#list.archives) fileBytes.archive += reader.size;
    return {
      version: VERSION,
      backend: this.#list.isMemoryOnly ? 'memory' : this.#state.backend().backend.name,
      writers,
      series,
      fileBytes,
      newestWriterSeconds: newestMs / 1000,
      durationSeconds,
      filesSkipped: this.#list.skipped.length,
      conflicts: plan.conflicts,
    };
  }
}

function ofNames(
  families: readonly FamilyTable[],
  names: readonly string[] | undefined,
): readonly FamilyTable[] {
  if (names === undefined) return families;
  const wanted = familyFilter(names);
  return families.filter(({ name }) => wanted(name));
}
