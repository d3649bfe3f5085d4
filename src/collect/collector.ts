import { DirectoryError } from '../errors.js';
import { toFamily } from '../exposition/families.js';
import { FORMATS, type FormatName, openMetricsContentType } from '../exposition/formats.js';
import { PageRenderer } from '../exposition/page.js';
import type { Page } from '../exposition/sheet.js';
import { MAX_SCAN_ATTEMPTS, MAX_SLICE_MS } from '../limits.js';
import { type MergePlan, planInSteps } from '../merge/plan.js';
import type { MergedView, PageSelection } from '../metrics/page-maker.js';
import type { Family, FamilyTable } from '../model/family.js';
import { type ThreadState, threadState } from '../state.js';
import { inSlices, type Steps } from '../steps.js';
import { collectorFacts } from './collector-facts.js';
import { backgroundCompactor } from './compactor.js';
import { type DirectoryList, directoryList, prepareDirectories } from './directories.js';
import { familyFilter, ofNames } from './family-filter.js';
import { reportSteps } from './report.js';
import type { FamilyQuery } from './report-family.js';
import { Restless } from './restless.js';
import { threadCallbacks } from './sampler.js';
import { ownSources, selector } from './selector.js';
import { type CollectorFacts, SelfMetrics } from './self-metrics.js';
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

interface CachedPlan {
  readonly topology: number;
  readonly plan: MergePlan;
  /** The plan's families and those of self-metrics, once a page has had both. */
  withSelf?: readonly FamilyTable[];
}

interface Merged {
  readonly planned: CachedPlan;
  /** What reading and merging took. */
  readonly durationSeconds: number;
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
    return textOf(await this.collectPage(options));
  }

  /** The merged page as UTF-8. Those who ask while another page is made may get the same Buffer. */
  async collectBytes({ format = 'text', names, signal }: PageOptions = {}): Promise<Buffer> {
    signal?.throwIfAborted();
    await this.#runCallbacks(ALL, names);
    const key = shareKey('bytes ', format, names);
    const work = async () => {
      const { all, shown } = await this.#families(names);
      return inSlices(this.#renderers[format].steps(all, shown), MAX_SLICE_MS);
    };
    return this.#inTurn(work, key, signal);
  }

  /**
   * The merged page for a server that says when it has sent it: what `collectBytes` gives,
   * mostly without memory of its own. Whoever does not call `release` loses only that.
   */
  async collectPage({ format = 'text', names, signal }: PageOptions = {}): Promise<Page> {
    signal?.throwIfAborted();
    await this.#runCallbacks(ALL, names);
    const key = shareKey('page ', format, names);
    const work = async (shared: boolean) => {
      const { all, shown } = await this.#families(names);
      if (all === shown && !shared) return this.#lend(all, format);
      const steps = this.#renderers[format].steps(all, shown);
      return { bytes: await inSlices(steps, MAX_SLICE_MS), release() {} };
    };
    return this.#inTurn(work, key, signal);
  }

  /** The merged page as data. */
  async collectFamilies({ names }: Pick<PageOptions, 'names'> = {}): Promise<Family[]> {
    await this.#runCallbacks(ALL, names);
    return this.#inTurn(async () => (await this.#families(names)).shown.map(toFamily));
  }

  /** A `FamiliesReport` as JSON, UTF-8. Those who ask the same while another page is made may get the same Buffer. */
  async collectReport({ names, signal, ...query }: ReportOptions): Promise<Buffer> {
    signal?.throwIfAborted();
    await this.#runCallbacks(ALL, names);
    const key = JSON.stringify(['report', names, query]);
    const work = async () => {
      const { planned, durationSeconds } = await this.#merged(ALL);
      const facts = collectorFacts(this.#state, this.#list, planned.plan, durationSeconds);
      const all = this.#selfMetrics ? this.#withSelf(planned, facts) : planned.plan.families;
      const subject = { families: ofNames(all, names), all, facts, list: this.#list };
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
      const { families } = (await this.#merged(selection)).planned.plan;
      const { sources } = this.#list;
      const own = ownSources(this.#state.store, sources);
      return use({
        selection,
        alone: sources.every((source) => own.has(source)),
        families,
        page: async (type) => {
          const format = type === openMetricsContentType ? 'openmetrics' : 'text';
          return textOf(await this.#lend(families, format));
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
  #inTurn<T>(
    work: (shared: boolean) => Promise<T>,
    key?: string,
    signal?: AbortSignal,
  ): Promise<T> {
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

  #lend(families: readonly FamilyTable[], format: FormatName): Promise<Page> {
    return inSlices(this.#renderers[format].lend(families), MAX_SLICE_MS);
  }

  /** All families of a page, and those of the names; the same array where these are all. */
  async #families(
    names: readonly string[] | undefined,
  ): Promise<{ readonly all: readonly FamilyTable[]; readonly shown: readonly FamilyTable[] }> {
    const { planned, durationSeconds } = await this.#merged(ALL);
    const { plan } = planned;
    const all = this.#selfMetrics
      ? this.#withSelf(planned, collectorFacts(this.#state, this.#list, plan, durationSeconds))
      : plan.families;
    return { all, shown: ofNames(all, names) };
  }

  async #merged(selection: PageSelection): Promise<Merged> {
    const directories = await this.#directories();
    const begin = performance.now();
    this.#state.store.flush();
    const planned = await inSlices(this.#merge(directories, selection), MAX_SLICE_MS);
    if (this.#compact) {
      // What dead writers left costs every scrape until it is in the archive.
      for (const directory of this.#list.uncompacted) backgroundCompactor().request(directory);
    }
    return { planned, durationSeconds: (performance.now() - begin) / 1000 };
  }

  /** Merges one moment: begins again when the archive was replaced or slots changed hands meanwhile. */
  *#merge(directories: readonly string[], selection: PageSelection): Steps<CachedPlan> {
    const restless = new Restless();
    for (let attempt = 1; ; attempt++) {
      yield* this.#list.scan(directories);
      if (restless.hold(this.#list.sources)) this.#list.note();
      const planned = yield* this.#planOf(selection);
      yield* planned.plan.steps();
      const moved = this.#list.sources.filter((source) => source.slotsMoved);
      const unstable = this.#list.unstable ?? moved[0]?.reader.path;
      if (unstable === undefined) return planned;
      restless.note(moved);
      if (attempt < MAX_SCAN_ATTEMPTS) continue;
      throw new DirectoryError(unstable, `${unstable} changed under each of ${attempt} readings`);
    }
  }

  *#planOf(selection: PageSelection): Steps<CachedPlan> {
    const cached = this.#plans.get(selection);
    const { topology, sources } = this.#list;
    if (cached?.topology === topology) return cached;
    const { store } = this.#state;
    const select = selection === ALL ? undefined : selector(selection, store, sources);
    const plan = yield* planInSteps(sources, select);
    const planned = { topology, plan };
    this.#plans.set(selection, planned);
    return planned;
  }

  #withSelf(planned: CachedPlan, facts: CollectorFacts): readonly FamilyTable[] {
    const self = this.#self.families(facts);
    planned.withSelf ??= sorted([...planned.plan.families, ...self]);
    return planned.withSelf;
  }
}

function sorted(families: FamilyTable[]): readonly FamilyTable[] {
  return families.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Askers of the same share a page. */
function shareKey(what: string, format: FormatName, names: readonly string[] | undefined): string {
  return names === undefined ? what + format : JSON.stringify([what, format, names]);
}

function textOf(page: Page): string {
  const text = page.bytes.toString();
  page.release();
  return text;
}
